import { describe, expect, it } from 'vitest'
import { parameterCount } from '../../models/blocks.ts'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { GOLDEN_SPEC, goldenBatch, goldenOutputs, goldenWeights, unusedGoldenTensors } from '../fixtures/golden-tft.ts'

const largestDifference = (a: Float32Array, b: Float32Array) => {
  expect(a.length).toBe(b.length)
  return a.reduce((max, x, i) => Math.max(max, Math.abs(x - b[i])), 0)
}

describe('the TFT against an independent implementation (PyTorch)', () => {
  it('has its 205,764 parameters and leaves none of its tensors unused', () => {
    expect(parameterCount(temporalFusionTransformer(GOLDEN_SPEC))).toBe(205_764)
    expect(unusedGoldenTensors()).toEqual([])
  })

  for (const backend of ['wasm', 'cpu'] as const) {
    it(`gives its quantiles, attention and variable weights on tfjs ${backend} to float32 rounding`, async () => {
      const network = temporalFusionTransformer(GOLDEN_SPEC)
      const engine = await createTfjsEngine({ network, weights: goldenWeights(), backend })
      const expected = goldenOutputs()
      const { quantiles, explanation } = await engine.forward(goldenBatch(), { explain: true })
      expect(largestDifference(quantiles, expected.quantiles)).toBeLessThan(1e-5)
      expect(largestDifference(explanation!.attention, expected.attention)).toBeLessThan(2e-6)
      expect(largestDifference(explanation!.pastWeights, expected.pastWeights)).toBeLessThan(2e-6)
      expect(largestDifference(explanation!.futureWeights, expected.futureWeights)).toBeLessThan(2e-6)
      await engine.dispose()
    })
  }

  it('gives a window the same quantiles alone as in a batch', async () => {
    const network = temporalFusionTransformer(GOLDEN_SPEC)
    const engine = await createTfjsEngine({ network, weights: goldenWeights(), backend: 'wasm' })
    const { observed, known, symbols } = goldenBatch()
    const { quantiles } = await engine.forward({
      size: 1,
      observed: observed.subarray(3 * 96 * 12, 4 * 96 * 12),
      known: known.subarray(3 * 120 * 6, 4 * 120 * 6),
      symbols: symbols.subarray(3, 4),
    })
    const expected = goldenOutputs().quantiles.subarray(3 * 24 * 7, 4 * 24 * 7)
    expect(largestDifference(quantiles, expected)).toBeLessThan(1e-5)
    await engine.dispose()
  })
})
