import type { ObservedFeature } from './feature.ts'
import { fillLogRatio } from './log-ratio.ts'
import { exponentialMean } from './rolling.ts'
import { MEMORY_CANDLES } from './shared-series.ts'

/** A faster or slower exponentially weighted volatility against the ex-ante one. */
export function ewmaVolatility(halfLife: number): ObservedFeature {
  return {
    kind: 'observed',
    name: `ewmaVolatility${halfLife}`,
    unit: 'log ratio',
    formula: `ln √EWMA(r², half-life ${halfLife}, last ${MEMORY_CANDLES}) − ln e`,
    source: 'J.P. Morgan/Reuters (1996), RiskMetrics Technical Document',
    warmupCandles: MEMORY_CANDLES,
    compute(_series, shared, out) {
      const { firstCandle, squaredReturn } = shared
      const variance = exponentialMean(squaredReturn, { window: MEMORY_CANDLES, halfLife, firstCandle, from: 1 })
      fillLogRatio(variance, shared, out, { from: MEMORY_CANDLES, share: 0 })
    },
  }
}
