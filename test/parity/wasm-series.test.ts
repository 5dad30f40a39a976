import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Network } from '../../models/blocks.ts'
import { buildNetwork } from '../../models/network.ts'
import { cutWindows, followByForward, slideByForward } from '../../worker/series-batches.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { createWasmEngine } from '../../worker/wasm/wasm-engine.ts'
import { largestDifference } from '../fixtures/golden-tft.ts'
import { CONTINUED, POSITIONAL, STACKED, STEPWISE } from '../fixtures/odd-networks.ts'
import { arbitraryNetworkSpec, randomSeries, randomWeights } from '../fixtures/random-network.ts'
import { SMALL_SPEC } from '../fixtures/small-tft.ts'

/** Slides over and follows a series; every bit must be that of a window forecast by itself. */
async function expectSameBits(network: Network, o: { windows: number; pushes: number; seed: number }): Promise<void> {
  const weights = randomWeights(network, o.seed)
  const { lookback, observed, known } = network.shape
  const steps = lookback - 1 + o.windows
  const series = randomSeries(network, steps + o.pushes, o.seed)
  const reach = series.horizons.at(-1)!
  const engine = await createWasmEngine({ network, weights })
  const alone = await createWasmEngine({ network, weights })
  expect(await engine.slide(series)).toEqual(await slideByForward(alone, series))

  const start = {
    ...series,
    observed: series.observed.subarray(0, steps * observed),
    known: series.known.subarray(0, (steps + reach) * known),
  }
  const [follower, recomputing] = [await engine.follow(start), await followByForward(alone, start)]
  expect(follower.quantiles).toEqual(recomputing.quantiles)
  for (let step = steps; step < steps + o.pushes; step++) {
    const inputs = [
      series.observed.subarray(step * observed, (step + 1) * observed),
      series.known.subarray((step + reach) * known, (step + reach + 1) * known),
    ] as const
    expect(await follower.push(...inputs)).toEqual(await recomputing.push(...inputs))
  }
}

describe('the wasm engine on series', () => {
  it('slides over more windows and follows more candles than its memory holds, bit for bit', async () => {
    await expectSameBits(buildNetwork(SMALL_SPEC), { windows: 700, pushes: 200, seed: 1 })
  })

  it('slides and follows with any network of any shape, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryNetworkSpec, fc.integer({ min: 1, max: 40 }), fc.nat(), (spec, windows, seed) =>
        expectSameBits(buildNetwork(spec), { windows, pushes: 4, seed }),
      ),
      { numRuns: 60 },
    )
  })

  it('slides over series of different symbols and horizons in turn', async () => {
    const network = buildNetwork(SMALL_SPEC)
    const weights = randomWeights(network, 2)
    const engine = await createWasmEngine({ network, weights })
    for (const seed of [1, 2, 3, 4]) {
      const series = randomSeries(network, 20 + seed, seed)
      expect(await engine.slide(series)).toEqual(await slideByForward(engine, series))
    }
  })

  it.each([
    ['stacked LSTMs, widths that change, attention from every step', STACKED],
    ['two selections for different steps of the past', POSITIONAL],
    ['an LSTM that reads another and goes on with its state', CONTINUED],
    ['nothing but steps', STEPWISE],
  ])('runs a network that is no TFT: %s', async (_, network) => {
    const weights = randomWeights(network, 3)
    const [engine, tfjs] = [
      await createWasmEngine({ network, weights }),
      await createTfjsEngine({ network, weights, backend: 'cpu' }),
    ]
    const batch = cutWindows(randomSeries(network, 30, 5), network.shape, 0, 20)
    const explain = { explain: true } as const
    const [ours, theirs] = [await engine.forward(batch, explain), await tfjs.forward(batch, explain)]
    await tfjs.dispose()
    expect(ours.explanation).toBe(theirs.explanation)
    expect(largestDifference(ours.quantiles, theirs.quantiles)).toBeLessThan(1e-4)
    await expectSameBits(network, { windows: 30, pushes: 10, seed: 3 })
  })
})
