import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Network } from '../../models/blocks.ts'
import { buildNetwork, type NetworkSpec } from '../../models/network.ts'
import { networkToOnnx } from '../../trainer/onnx/export-onnx.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { largestDifference } from '../fixtures/golden-tft.ts'
import { openOnnx } from '../fixtures/onnx-in-node.ts'
import {
  arbitraryMlpSpec,
  arbitraryTftSpec,
  LITE_SPEC,
  randomWeights,
  randomWindows,
} from '../fixtures/random-network.ts'

/** Absolute, on quantiles of about 1: what float32 leaves of two orders of summation. */
const TOLERANCE = 1e-4

/** What neither the TFT nor the MLP has: a linear layer, residual networks whose widths differ, selection without context. */
const OTHER_BLOCKS: Network = {
  shape: { lookback: 4, horizons: 3, quantiles: 3, observed: 2, known: 5, symbols: 2 },
  blocks: [
    { block: 'variableEmbedding', name: 'embedded', input: 'known', variables: 5, width: 6 },
    { block: 'slice', name: 'future', input: 'embedded', from: 4, to: 7 },
    { block: 'variableSelection', name: 'selected', input: 'future', variables: 5, width: 6 },
    { block: 'gatedResidual', name: 'widened', input: 'selected', inputWidth: 6, hiddenWidth: 7, width: 9 },
    { block: 'linear', name: 'projected', input: 'widened', inputWidth: 9, width: 4 },
    {
      block: 'quantileHead',
      name: 'head',
      input: 'projected',
      inputWidth: 4,
      horizons: 3,
      quantiles: 3,
      form: 'linear',
    },
  ],
  outputs: { quantiles: 'head' },
}

/** The worst difference between onnxruntime on the exported network and the reference engine, over batches of each size. */
async function worstDifference(network: Network, seed: number, sizes: readonly number[]): Promise<number> {
  const weights = randomWeights(network, seed)
  const reference = await createTfjsEngine({ network, weights, backend: 'cpu' })
  const onnx = await openOnnx(networkToOnnx({ network, weights, name: 'random' }))
  const explains = network.outputs.attention !== undefined
  let worst = 0
  for (const size of sizes) {
    const batch = randomWindows(network, size, seed + size)
    const [ours, theirs] = [await reference.forward(batch, { explain: explains }), await onnx.run(network, batch)]
    const { attention, pastWeights, futureWeights } = ours.explanation ?? {}
    const pairs = [
      [theirs.quantiles, ours.quantiles],
      [theirs.attention, attention],
      [theirs.past_weights, pastWeights],
      [theirs.future_weights, futureWeights],
    ] as const
    for (const [their, our] of pairs) if (our) worst = Math.max(worst, largestDifference(their.data, our))
  }
  await Promise.all([reference.dispose(), onnx.release()])
  return worst
}

describe('exported networks in onnxruntime agree with the reference engine', () => {
  const cases: [string, fc.Arbitrary<NetworkSpec>][] = [
    ['TFTs of any shape', arbitraryTftSpec],
    ['MLPs of any shape', arbitraryMlpSpec],
  ]
  it.each(cases)('%s', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat(1000), async (spec, seed) => {
        expect(await worstDifference(buildNetwork(spec), seed, [1, 3])).toBeLessThan(TOLERANCE)
      }),
      { numRuns: 12 },
    )
  })

  it('on 1, 2 and 33 windows', async () => {
    const tft: NetworkSpec = {
      kind: 'tft',
      lookback: 24,
      horizons: 5,
      quantiles: 5,
      observed: 7,
      known: 4,
      symbols: 3,
      hidden: 20,
      heads: 4,
      head: 'monotone',
      shapeMobility: [1, 0.8, 0.5, 0.3, 0.1],
    }
    expect(await worstDifference(buildNetwork(tft), 1, [1, 2, 33])).toBeLessThan(TOLERANCE)
    expect(await worstDifference(buildNetwork(LITE_SPEC), 2, [1, 2, 33])).toBeLessThan(TOLERANCE)
    expect(await worstDifference(OTHER_BLOCKS, 3, [1, 2, 33])).toBeLessThan(TOLERANCE)
  })
})
