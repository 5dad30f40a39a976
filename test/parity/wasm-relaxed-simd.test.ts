import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { RelaxedSimdReport } from '../fixtures/relaxed-simd-in-node.ts'

const SCRIPT = fileURLToPath(new URL('../fixtures/relaxed-simd-in-node.ts', import.meta.url))

describe('the wasm engine where the runtime has relaxed SIMD', () => {
  it('fuses multiplications with additions, and keeps every promise', async () => {
    // Node 20 has it behind a flag; later ones know the flag no more, and need none.
    const flags = process.version.startsWith('v20.') ? ['--experimental-wasm-relaxed-simd'] : []
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--import', 'tsx', SCRIPT])
    const report = JSON.parse(stdout) as RelaxedSimdReport
    expect(report.uses).toEqual(['relaxed-simd'])
    expect(report.error).toBeLessThan(1e-5)
    expect(report.slideDifference).toBe(0)
    expect(report.followDifference).toBe(0)
    expect(report.variantDifference).toBeGreaterThan(0)
    expect(report.variantDifference).toBeLessThan(1e-5)
  })
})
