import type { ObservedFeature } from './feature.ts'

/** Relative to the price; keeps the ratios defined for a candle without a range. */
const EPSILON = 1e-12

/** Where the candle closed within its range, from its open: +1 rose all the way, −1 fell all the way. */
export const body: ObservedFeature = {
  kind: 'observed',
  name: 'body',
  unit: 'fraction',
  formula: '(close − open) / (high − low)',
  warmupCandles: 0,
  compute({ open, high, low, close }, _shared, out) {
    for (let t = 0; t < out.length; t++) out[t] = (close[t] - open[t]) / (high[t] - low[t] + EPSILON * close[t])
  },
}

/** Upper wick minus lower wick: > 0 where a rise was sold off, < 0 where a fall was bought. */
export const wick: ObservedFeature = {
  kind: 'observed',
  name: 'wick',
  unit: 'fraction',
  formula: '((high − max(open, close)) − (min(open, close) − low)) / (high − low)',
  warmupCandles: 0,
  compute({ open, high, low, close }, _shared, out) {
    for (let t = 0; t < out.length; t++) {
      const upper = high[t] - Math.max(open[t], close[t])
      const lower = Math.min(open[t], close[t]) - low[t]
      out[t] = (upper - lower) / (high[t] - low[t] + EPSILON * close[t])
    }
  },
}
