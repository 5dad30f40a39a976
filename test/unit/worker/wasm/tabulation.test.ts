import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Network } from '../../../../models/blocks.ts'
import { multilayerPerceptron } from '../../../../models/mlp.ts'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import { openBundle } from '../../../../sdk/bundle/open-bundle.ts'
import type { SeriesWindows, Weights, WeightTensor, WindowBatch } from '../../../../sdk/engine.ts'
import { createEngine } from '../../../../worker/engine.ts'
import { cutWindows, windowCount } from '../../../../worker/series-batches.ts'
import { createWasmEngine } from '../../../../worker/wasm/wasm-engine.ts'
import { forwardOnCpu } from '../../../fixtures/forward-on-cpu.ts'
import { largestDifference } from '../../../fixtures/golden-tft.ts'
import {
  arbitraryTftSpec,
  LITE_SPEC,
  randomSeries,
  randomWeights,
  randomWindows,
} from '../../../fixtures/random-network.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'
import { writeTinyBundle } from '../../../fixtures/tiny-bundle.ts'

const network = temporalFusionTransformer(SMALL_SPEC)
const weights = randomWeights(network, 1)
/** Of the small network: 5 of the past, 2 of the future. */
const VARIABLES = 7

afterEach(() => {
  vi.restoreAllMocks()
})

/** The same inputs, spread from ±2 to ±2 · factor. */
const spread = <T extends WindowBatch | SeriesWindows>(inputs: T, factor: number): T => ({
  ...inputs,
  observed: inputs.observed.map(x => x * factor),
  known: inputs.known.map(x => x * factor),
})

/** Moved away from 0 to at least ±distance. */
const farOut = (batch: WindowBatch, distance: number): WindowBatch => {
  const move = (x: number) => x + (x < 0 ? -distance : distance)
  return { ...batch, observed: batch.observed.map(move), known: batch.known.map(move) }
}

/** Times `factor`: the first layers of the first `count` variables of each selection. With 10⁴ they are steps at 0. */
function steepen(weights: Weights, selections: readonly string[], count: number, factor = 1e4): Weights {
  const steep = new Map(weights)
  for (const selection of selections) {
    const name = `${selection}.var.fc1.w`
    const { shape, data }: WeightTensor = weights.get(name)!
    const perVariable = data.length / shape[0]
    steep.set(name, { shape, data: data.map((w, i) => (i < count * perVariable ? w * factor : w)) })
  }
  return steep
}

async function bothEngines(network: Network, weights: Weights, relaxedSimd = true) {
  const [exact, tabulated] = await Promise.all(
    [false, true].map(tabulate => createWasmEngine({ network, weights, tabulate, relaxedSimd })),
  )
  return { exact, tabulated }
}

describe('tabulated variables', () => {
  it('are used when asked for, and said to be', async () => {
    const { exact, tabulated } = await bothEngines(network, weights, false)
    expect(exact.info.uses).toEqual([])
    expect(tabulated.info.uses).toEqual(['tabulated-variables'])
    const batch = randomWindows(network, 3, 1)
    const difference = largestDifference(
      (await tabulated.forward(batch)).quantiles,
      (await exact.forward(batch)).quantiles,
    )
    expect(difference).toBeGreaterThan(0)
    expect(difference).toBeLessThan(1e-4)
  })

  it('keep quantiles within 1e-4 of the exact ones for networks of any shape and inputs to ±50', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryTftSpec,
        fc.nat(),
        fc.constantFrom(0.5, 2, 2.9, 3.1, 25),
        async (spec, seed, factor) => {
          const network = temporalFusionTransformer(spec)
          const { exact, tabulated } = await bothEngines(network, randomWeights(network, seed))
          const batch = spread(randomWindows(network, 3, seed + 1), factor)
          const theirs = (await exact.forward(batch)).quantiles
          const ours = (await tabulated.forward(batch)).quantiles
          const scale = theirs.map(q => Math.max(1, Math.abs(q)))
          const difference = largestDifference(
            ours.map((q, i) => q / scale[i]),
            theirs.map((q, i) => q / scale[i]),
          )
          expect(difference).toBeLessThan(1e-4)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('are left out where every input lies beyond the tables: bit for bit the exact quantiles', async () => {
    const { exact, tabulated } = await bothEngines(network, weights)
    for (const distance of [6.001, 50, 1e6]) {
      const batch = farOut(randomWindows(network, 4, 2), distance)
      expect((await tabulated.forward(batch)).quantiles).toEqual((await exact.forward(batch)).quantiles)
    }
  })

  it('give sliding and following the bits of single windows, where some inputs lie beyond the tables', async () => {
    const { tabulated } = await bothEngines(network, weights)
    const { lookback, observed, known } = network.shape
    const series = spread(randomSeries(network, lookback + 40, 3), 3.5)
    expect(series.observed.some(x => Math.abs(x) > 6) && series.observed.some(x => Math.abs(x) < 6)).toBe(true)
    const count = windowCount(series, network.shape)
    const { quantiles } = await tabulated.forward(cutWindows(series, network.shape, 0, count))
    expect(await tabulated.slide(series)).toEqual(quantiles)

    const reach = series.horizons.at(-1)!
    const first = lookback + 3
    const follower = await tabulated.follow({
      ...series,
      observed: series.observed.subarray(0, first * observed),
      known: series.known.subarray(0, (first + reach) * known),
    })
    const perWindow = network.shape.horizons * network.shape.quantiles
    for (let step = first; step < lookback + 40; step++) {
      const next = await follower.push(
        series.observed.slice(step * observed, (step + 1) * observed),
        series.known.slice((step + reach) * known, (step + reach + 1) * known),
      )
      const window = step - lookback + 1
      expect(next).toEqual(quantiles.slice(window * perWindow, (window + 1) * perWindow))
    }
  })

  it('are refused to a variable that is too steep for them, and to it alone', async () => {
    const steep = steepen(weights, ['past'], 1)
    const { exact, tabulated } = await bothEngines(network, steep, false)
    expect(tabulated.info.uses).toEqual([`tabulated ${VARIABLES - 1} of ${VARIABLES} variables`])
    // Inputs on both sides of the step, which a table would blur.
    const batch = spread(randomWindows(network, 64, 5), 1e-3)
    const [ours, theirs] = [await tabulated.forward(batch), await exact.forward(batch)]
    expect(largestDifference(ours.quantiles, theirs.quantiles)).toBeLessThan(1e-4)
  })

  it('are refused to a network of steep variables: bit for bit the exact quantiles', async () => {
    const steep = steepen(weights, ['past', 'future'], VARIABLES)
    const { exact, tabulated } = await bothEngines(network, steep, false)
    expect(tabulated.info.uses).toEqual([])
    const batch = randomWindows(network, 8, 5)
    expect((await tabulated.forward(batch)).quantiles).toEqual((await exact.forward(batch)).quantiles)
  })

  it('take 16 MiB at most: variables that would exceed it stay exact', async () => {
    const wide = temporalFusionTransformer({ ...SMALL_SPEC, observed: 90, hidden: 16 })
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
    const bytes = () => grow.mock.calls.reduce((sum, [pages]) => sum + pages, 1) * 65_536
    const weights = steepen(randomWeights(wide, 2), ['past'], 92, 40)
    await createWasmEngine({ network: wide, weights })
    const exactBytes = bytes()
    grow.mockClear()
    const { info } = await createWasmEngine({ network: wide, weights, tabulate: true, relaxedSimd: false })
    expect(info.uses).toEqual([expect.stringMatching(/^tabulated \d+ of 94 variables$/)])
    const megabytes = (bytes() - exactBytes) / 2 ** 20
    expect(megabytes).toBeGreaterThan(12)
    expect(megabytes).toBeLessThan(18)
  })

  it('reach an engine that is built for a bundle, which proves it on the golden windows', async () => {
    const bundle = await openBundle(await writeTinyBundle({ forward: forwardOnCpu }), 'tiny')
    const engine = await createEngine({ bundle, engine: 'wasm', tabulate: true })
    expect(engine.info.uses).toContain('tabulated-variables')
    await engine.dispose()
  })

  it('are nothing to a network without them', async () => {
    const mlp = multilayerPerceptron(LITE_SPEC)
    const { exact, tabulated } = await bothEngines(mlp, randomWeights(mlp, 1), false)
    expect(tabulated.info.uses).toEqual([])
    const batch = randomWindows(mlp, 2, 1)
    expect((await tabulated.forward(batch)).quantiles).toEqual((await exact.forward(batch)).quantiles)
  })
})
