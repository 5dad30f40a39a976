import { beforeAll, describe, expect, it } from 'vitest'
import type { Bundle } from '../../../sdk/bundle/bundle.ts'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import { createEngine } from '../../../worker/engine.ts'
import { createTfjsEngine } from '../../../worker/tfjs/tfjs-engine.ts'
import { writeTinyBundle } from '../../fixtures/tiny-bundle.ts'

describe('choosing an engine in Node', () => {
  let bundle: Bundle
  beforeAll(async () => {
    const files = await writeTinyBundle({
      forward: async (network, weights, batch) => {
        const engine = await createTfjsEngine({ network, weights, backend: 'cpu' })
        const { quantiles } = await engine.forward(batch)
        await engine.dispose()
        return quantiles
      },
    })
    bundle = await openBundle(files, 'tiny')
  })

  it('measures wasm, says that there is no WebGPU here, and tells why it chose', async () => {
    const engine = await createEngine({ bundle })
    const { info } = engine
    expect(info.backend).toBe('wasm')
    expect(info.candidates.map(c => [c.backend, c.rejected])).toEqual([
      ['wasm', null],
      ['webgpu', 'There is no WebGPU adapter here.'],
    ])
    expect(info.candidates[0].batch1P50Ms).toBeGreaterThan(0)
    expect(info.reason).toContain('wasm measured')
    expect(info.reason).toContain('no WebGPU adapter')
    await engine.dispose()
  })

  it('uses the backend it is told to', async () => {
    const engine = await createEngine({ bundle, engine: 'tfjs', backend: 'cpu' })
    expect(engine.info).toMatchObject({ backend: 'cpu', candidates: [] })
    await engine.dispose()
  })

  it('fails, rather than falling back, when the backend it is told to use is not there', async () => {
    await expect(createEngine({ bundle, engine: 'tfjs', backend: 'webgpu' })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'BACKEND_UNAVAILABLE',
      details: { backend: 'webgpu' },
    })
  })

  it('refuses an engine that computes something else than the golden windows', async () => {
    const quantiles = bundle.golden.quantiles.slice()
    quantiles[3] += 0.5
    const altered: Bundle = { ...bundle, golden: { ...bundle.golden, quantiles } }
    await expect(createEngine({ bundle: altered, backend: 'wasm' })).rejects.toMatchObject({
      code: 'GOLDEN_MISMATCH',
      details: { backend: 'wasm', difference: expect.closeTo(0.5, 3) },
    })
  })

  it('tells what every candidate failed of when none works', async () => {
    const altered: Bundle = {
      ...bundle,
      golden: { ...bundle.golden, quantiles: bundle.golden.quantiles.map(q => q + 1) },
    }
    await expect(createEngine({ bundle: altered })).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringMatching(/wasm: .*golden.*webgpu: .*cpu: .*golden/),
    })
  })
})
