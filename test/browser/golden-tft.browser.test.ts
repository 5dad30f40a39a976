import { describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { firstWindows, GOLDEN_SPEC, largestDifference, readGoldenReference } from '../fixtures/golden-tft.ts'

describe('the TFT on WebGPU against an independent implementation (PyTorch)', () => {
  it('gives its quantiles, attention and variable weights, with 18 variables and 120 steps', async () => {
    const golden = await readGoldenReference(async file => {
      const response = await fetch(`/test/fixtures/golden/tft-reference/${file}`)
      return new Uint8Array(await response.arrayBuffer())
    })
    const network = temporalFusionTransformer(GOLDEN_SPEC)
    const engine = await createTfjsEngine({ network, weights: golden.weights, backend: 'webgpu' })
    const { quantiles, explanation } = await engine.forward(firstWindows(golden.batch, 2), { explain: true })
    const first = (values: Float32Array) => values.subarray(0, (values.length / 8) * 2)
    expect(largestDifference(quantiles, first(golden.outputs.quantiles))).toBeLessThan(1e-4)
    expect(largestDifference(explanation!.attention, first(golden.outputs.attention))).toBeLessThan(1e-5)
    expect(largestDifference(explanation!.pastWeights, first(golden.outputs.pastWeights))).toBeLessThan(1e-5)
    expect(largestDifference(explanation!.futureWeights, first(golden.outputs.futureWeights))).toBeLessThan(1e-5)
    await engine.dispose()
  })
})
