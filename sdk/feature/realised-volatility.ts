import type { ObservedFeature } from './feature.ts'
import { fillLogRatio } from './log-ratio.ts'
import { rollingMean } from './rolling.ts'
import { MEMORY_CANDLES } from './shared-series.ts'

/** A share of e inside the logarithm: one still candle must not read as −∞. Larger where fewer returns are averaged. */
const shareFor = (candles: number): number => (candles === 1 ? 0.1 : 0.05)

/**
 * Volatility of the last `candles` returns against the ex-ante volatility: is the market waking up or calming down?
 * Several lengths together are a heterogeneous autoregression.
 */
export function realisedVolatility(candles: number): ObservedFeature {
  const share = shareFor(candles)
  return {
    kind: 'observed',
    name: `realisedVolatility${candles}`,
    unit: 'log ratio',
    formula: `ln(√mean(r², ${candles}) + ${share}·e) − ln e`,
    source: 'Corsi (2009), A Simple Approximate Long-Memory Model of Realized Volatility, J. Financial Econometrics 7',
    warmupCandles: MEMORY_CANDLES,
    compute(_series, shared, out) {
      const mean = rollingMean(shared.squaredReturn, { window: candles, firstCandle: shared.firstCandle, from: 1 })
      fillLogRatio(mean, shared, out, { from: MEMORY_CANDLES, share })
    },
  }
}
