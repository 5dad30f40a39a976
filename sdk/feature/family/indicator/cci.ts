import { observedFeature } from '../../feature.ts'
import { distancesFrom, meanOf } from '../../op/over-window.ts'
import { period } from './period.ts'

/** Lambert’s scale: most values lie within ±100. */
const SCALE = 0.015

export const cci = observedFeature({
  name: 'cci',
  group: 'indicator',
  summary: 'Commodity channel index: how far the typical price is from its mean, in mean deviations.',
  unit: '±100 usual',
  formula: `(p − mean(p, candles)) / (${SCALE}·mean(|p − mean(p, candles)|, candles)), p = (high + low + close) / 3`,
  edges: '0 where the typical price has not moved.',
  source: 'Lambert (1980), Commodity Channel Index: Tool for Trading Cyclic Trends, Commodities',
  parameters: { candles: period },
  examples: ['cci(20)'],
  build: (scope, { candles }) =>
    scope.graph.add({
      key: `cci ${candles}`,
      inputs: [scope.candle('high'), scope.candle('low'), scope.candle('close')],
      lookbackRows: candles - 1,
      start: () => {
        // a ring in which each price stands twice, a window apart: every window lies in one piece
        const prices = new Float64Array(2 * candles)
        const state = new Int32Array(2)
        return (out, [high, low, close], { count }) => follow(out, high, low, close, count, prices, state)
      },
    }),
})

/** `state` is the ring's slot of the oldest price, and how many there were, up to a window. */
function follow(
  out: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  count: number,
  prices: Float64Array,
  state: Int32Array,
): void {
  const candles = prices.length / 2
  let slot = state[0]
  let seen = state[1]
  for (let i = 0; i < count; i++) {
    const price = (high[i] + low[i] + close[i]) / 3
    prices[slot] = price
    prices[slot + candles] = price
    if (++slot === candles) slot = 0
    if (seen < candles) seen++
    const mean = meanOf(prices, slot, candles)
    const distances = distancesFrom(mean, prices, slot, candles)
    const position = distances === 0 ? 0 : ((price - mean) * candles) / (SCALE * distances)
    out[i] = seen < candles ? Number.NaN : position
  }
  state[0] = slot
  state[1] = seen
}
