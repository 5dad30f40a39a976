import type { ObservedFeature } from './feature.ts'
import { fillLogRatio } from './log-ratio.ts'
import { rollingMean } from './rolling.ts'
import { MEMORY_CANDLES } from './shared-series.ts'

/** Volatility by the range of the last `candles` against the ex-ante one: sharper than closes alone can tell. */
export function parkinsonVolatility(candles: number): ObservedFeature {
  return {
    kind: 'observed',
    name: `parkinson${candles}`,
    unit: 'log ratio',
    formula: `ln(√mean(ln(high/low)² / (4 ln 2), ${candles}) + 0.05·e) − ln e`,
    source:
      'Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53',
    warmupCandles: MEMORY_CANDLES,
    compute(_series, shared, out) {
      const mean = rollingMean(shared.parkinsonVariance, { window: candles, firstCandle: shared.firstCandle })
      fillLogRatio(mean, shared, out, { from: MEMORY_CANDLES, share: 0.05 })
    },
  }
}
