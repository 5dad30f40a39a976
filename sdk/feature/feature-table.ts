import type { CandleSeries } from '../candle/candle.ts'
import type { CompiledFeature } from './compile-features.ts'

/**
 * One symbol's candles by column, with what else is known at each: what features are computed from. Ordered by time;
 * candles may be missing (`validateCandles` makes series in which none are).
 */
export interface FeatureRows extends CandleSeries {
  /** Further columns by name, `[length]`; NaN where a value is not there. */
  readonly inputs?: Readonly<Record<string, Float64Array>>
}

/** Feature values of a symbol, by column, unscaled. */
export interface FeatureTable {
  readonly series: FeatureRows
  /** Ex-ante volatility per candle, the unit of targets and forecasts; NaN for the first candles. `[T]` */
  readonly volatility: Float64Array
  /** One column per observed feature, in the order asked for; NaN where it has no value (`readFeature` says why). `[Fo][T]` */
  readonly observed: readonly Float64Array[]
  readonly observedNames: readonly string[]
  readonly observedFeatures: readonly CompiledFeature[]
  /** Known and static features. */
  readonly knownNames: readonly string[]
  readonly knownFeatures: readonly CompiledFeature[]
  /** First index at which the ex-ante volatility and every observed feature may have a value. */
  readonly warmupCandles: number
}

/** A feature's value at a candle, or why there is none. */
export type FeatureValue =
  | { readonly kind: 'value'; readonly value: number }
  /** The history is too short: so many candles more are needed. */
  | { readonly kind: 'none'; readonly reason: 'WARM_UP'; readonly candlesMissing: number }
  /** Something it is made of is not known at this candle: a column or another symbol's candle. */
  | { readonly kind: 'none'; readonly reason: 'NO_INPUT' }
