import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compileKernels } from '../../../../worker/wasm/compile-kernels.ts'
import { PLAIN_KERNELS, RELAXED_KERNELS } from '../../../../worker/wasm/kernels.generated.ts'

describe('the committed kernels', () => {
  it.each([
    ['plain', PLAIN_KERNELS],
    ['relaxed', RELAXED_KERNELS],
  ] as const)('are what their sources compile to: %s', async (variant, committed) => {
    const compiled = await compileKernels(variant)
    const same = Buffer.from(compiled).equals(Buffer.from(committed, 'hex'))
    expect(same, 'run `npm run build:kernels`').toBe(true)
  })

  it('weigh less than 8 kB gzip together, as an app loads them', () => {
    expect(gzipSync(PLAIN_KERNELS + RELAXED_KERNELS).length).toBeLessThan(8_000)
  })
})
