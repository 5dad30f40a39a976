import type { ObservedFeature } from './feature.ts'
import { exponentialMean } from './rolling.ts'
import { MEMORY_CANDLES } from './shared-series.ts'

/** Keeps the ratio defined where nothing moved. */
const EPSILON = 1e-12

/** Whether recent variance came from rises (+1) or falls (−1). */
export function semivariance(halfLife: number): ObservedFeature {
  return {
    kind: 'observed',
    name: `semivariance${halfLife}`,
    unit: 'fraction',
    formula: `(u − d) / (u + d), u and d the EWMA of r² over rises and falls, half-life ${halfLife}, last ${MEMORY_CANDLES}`,
    source: 'Barndorff-Nielsen, Kinnebrock & Shephard (2010), Measuring Downside Risk: Realised Semivariance',
    warmupCandles: MEMORY_CANDLES,
    compute(_series, { firstCandle, logReturn, squaredReturn }, out) {
      const rolling = { window: MEMORY_CANDLES, halfLife, firstCandle, from: 1 }
      const up = exponentialMean(
        squaredReturn.map((square, t) => (logReturn[t] > 0 ? square : 0)),
        rolling,
      )
      const down = exponentialMean(
        squaredReturn.map((square, t) => (logReturn[t] < 0 ? square : 0)),
        rolling,
      )
      for (let t = MEMORY_CANDLES; t < out.length; t++) out[t] = (up[t] - down[t]) / (up[t] + down[t] + EPSILON)
    },
  }
}
