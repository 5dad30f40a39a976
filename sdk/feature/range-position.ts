import type { ObservedFeature } from './feature.ts'
import { rollingMax, rollingMin } from './rolling.ts'

const RANGE_CANDLES = 168

/** Where the close stands in the range of the last 168 candles: 0 at its low, 1 at its high. */
export const rangePosition: ObservedFeature = {
  kind: 'observed',
  name: 'rangePosition',
  unit: 'fraction',
  formula: `(close[t] − min(low, ${RANGE_CANDLES})) / (max(high, ${RANGE_CANDLES}) − min(low, ${RANGE_CANDLES}))`,
  warmupCandles: RANGE_CANDLES - 1,
  compute({ high, low, close }, { firstCandle }, out) {
    const top = rollingMax(high, { window: RANGE_CANDLES, firstCandle })
    const bottom = rollingMin(low, { window: RANGE_CANDLES, firstCandle })
    for (let t = RANGE_CANDLES - 1; t < out.length; t++) {
      const range = top[t] - bottom[t]
      // a market that stood still all week is neither high nor low
      out[t] = range > 0 ? (close[t] - bottom[t]) / range : 0.5
    }
  },
}
