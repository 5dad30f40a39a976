import type { CandleSeries } from '../candle/candle.ts'

interface FeatureFacts {
  /** Unique, camelCase; stands in the manifest. */
  readonly name: string
  /** e.g. `ex-ante σ`, `log ratio`, `fraction`. */
  readonly unit: string
  /** One line, in mathematical notation. */
  readonly formula: string
  /** Paper or book, where there is one. */
  readonly source?: string
}

/** Known only at a candle's close. */
export interface ObservedFeature extends FeatureFacts {
  readonly kind: 'observed'
  /** Number of leading candles without a value (NaN). */
  readonly warmupCandles: number
  /** Fills `out[t]` from candles ≤ t. Must be causal: the same value on data cut at t. */
  compute(series: CandleSeries, shared: SharedSeries, out: Float64Array): void
}

/** Known in advance, a function of time. */
export interface KnownFeature extends FeatureFacts {
  readonly kind: 'known'
  /** Value for the candle that opens at this time (UTC ms). */
  at(openTimeMs: number): number
}

export type Feature = ObservedFeature | KnownFeature

/**
 * Intermediate series that several features use, computed once per candle series. Index t uses candles ≤ t only, and only
 * so many of them: no value depends on where the history begins. NaN where that history is not there yet.
 */
export interface SharedSeries {
  /** Whole candles since 1970 at index 0: where rolling windows anchor their blocks. */
  readonly firstCandle: number
  /** `r[t] = ln(close[t] / close[t−1])`; 0 at t = 0. */
  readonly logReturn: Float64Array
  /** `r²` */
  readonly squaredReturn: Float64Array
  /**
   * Ex-ante volatility per candle: `e[t] = √EWMA₂₄(r²) + 1e-5` (half-life 24 candles, over the last 168 returns). The unit
   * that targets and most features are scaled by. NaN for the first 168 candles.
   */
  readonly volatility: Float64Array
  /** `ln e` */
  readonly logVolatility: Float64Array
  /**
   * Parkinson's variance from the range: `ln(high / low)² / (4 ln 2)`.
   * @see Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53
   */
  readonly parkinsonVariance: Float64Array
}

/** Feature values of a series, by column, unscaled. */
export interface FeatureTable {
  readonly series: CandleSeries
  readonly shared: SharedSeries
  /** One Float64Array of `series.length` per observed feature, in the order asked for; NaN before its warm-up. */
  readonly observed: readonly Float64Array[]
  readonly observedNames: readonly string[]
  readonly knownNames: readonly string[]
  /** First index at which the ex-ante volatility and every observed feature have a value. */
  readonly warmupCandles: number
}
