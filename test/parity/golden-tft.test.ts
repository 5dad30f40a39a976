import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCount } from '../../models/blocks.ts'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import {
  firstWindows,
  GOLDEN_SPEC,
  type GoldenReference,
  largestDifference,
  readGoldenReference,
} from '../fixtures/golden-tft.ts'

const network = temporalFusionTransformer(GOLDEN_SPEC)

describe('the TFT against an independent implementation (PyTorch)', () => {
  let golden: GoldenReference
  beforeAll(async () => {
    golden = await readGoldenReference(file =>
      readFile(new URL(`../fixtures/golden/tft-reference/${file}`, import.meta.url)),
    )
  })

  it('has its 205,764 parameters and leaves none of its tensors unused', () => {
    expect(parameterCount(network)).toBe(205_764)
    expect(golden.unusedTensors).toEqual([])
  })

  for (const backend of ['wasm', 'cpu'] as const) {
    it(`gives its quantiles, attention and variable weights on tfjs ${backend} to float32 rounding`, async () => {
      const engine = await createTfjsEngine({ network, weights: golden.weights, backend })
      const { quantiles, explanation } = await engine.forward(golden.batch, { explain: true })
      expect(largestDifference(quantiles, golden.outputs.quantiles)).toBeLessThan(1e-5)
      expect(largestDifference(explanation!.attention, golden.outputs.attention)).toBeLessThan(2e-6)
      expect(largestDifference(explanation!.pastWeights, golden.outputs.pastWeights)).toBeLessThan(2e-6)
      expect(largestDifference(explanation!.futureWeights, golden.outputs.futureWeights)).toBeLessThan(2e-6)
      await engine.dispose()
    })
  }

  it('gives a window the same quantiles alone as in a batch', async () => {
    const engine = await createTfjsEngine({ network, weights: golden.weights, backend: 'wasm' })
    const { quantiles } = await engine.forward(firstWindows(golden.batch, 1))
    expect(largestDifference(quantiles, golden.outputs.quantiles.subarray(0, 24 * 7))).toBeLessThan(1e-5)
    await engine.dispose()
  })
})
