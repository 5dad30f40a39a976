import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildNetwork, type NetworkSpec } from '../../models/network.ts'
import { compilePlan } from '../../worker/plan/compile-plan.ts'
import { cutWindows, windowCount } from '../../worker/series-batches.ts'
import { createWebgpuEngine } from '../../worker/webgpu/webgpu-engine.ts'
import { arbitraryTftSpec, randomSeries, randomWeights, randomWindows } from '../fixtures/random-network.ts'
import { runPlan } from '../fixtures/run-plan.ts'

const tft = (o: { hidden: number; heads: number; head: 'linear' | 'monotone' }): NetworkSpec => ({
  kind: 'tft',
  lookback: 3,
  horizons: 2,
  quantiles: 3,
  observed: 2,
  known: 2,
  symbols: 2,
  ...o,
})

const SOFTWARE = { tiles: 'software' } as const
const HARDWARE = { tiles: 'hardware', decode: 'unpack' } as const

/** The largest difference, relative where values are larger than 1. */
const error = (actual: Float32Array, expected: Float64Array) =>
  actual.reduce((max, q, i) => Math.max(max, Math.abs(q - expected[i]) / Math.max(1, Math.abs(expected[i]))), 0)

async function expectSameAsPlan(spec: NetworkSpec, o: { int8: boolean; tuning: typeof SOFTWARE | typeof HARDWARE }) {
  const network = buildNetwork(spec)
  const weights = randomWeights(network, 3, o)
  const batch = randomWindows(network, 3, 5)
  const engine = await createWebgpuEngine({ network, weights, tuning: o.tuning })
  const { quantiles } = await engine.forward(batch)
  expect(error(quantiles, runPlan(compilePlan(network, weights, { fold: true }), batch))).toBeLessThan(1e-4)
  const series = randomSeries(network, network.shape.lookback + 3, 3)
  const windows = cutWindows(series, network.shape, 0, windowCount(series, network.shape))
  expect(await engine.slide(series)).toEqual((await engine.forward(windows)).quantiles)
  await engine.dispose()
}

describe('the WebGPU engine against its plan in float64', () => {
  it('agrees for 160 units, more than its tiles and registers are laid out for', async () => {
    const spec = tft({ hidden: 160, heads: 1, head: 'monotone' })
    await expectSameAsPlan(spec, { int8: true, tuning: SOFTWARE })
  })

  it('agrees for 70 units and 7 heads, no multiples of anything, with the tiles of hardware', async () => {
    const spec = tft({ hidden: 70, heads: 7, head: 'linear' })
    await expectSameAsPlan(spec, { int8: false, tuning: HARDWARE })
  })

  it('agrees for networks of any small shape with the tiles of hardware', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTftSpec, fc.boolean(), (spec, int8) =>
        expectSameAsPlan(spec, { int8, tuning: HARDWARE }),
      ),
      { numRuns: 4 },
    )
  })
})
