import type { CandleSeries } from '../candle/candle.ts'
import type { Timeframe } from '../units.ts'

/** The calibrated forecast for one horizon. */
export interface HorizonForecast {
  /** Candles ahead. */
  readonly horizonCandles: number
  /** Close of the candle that is forecast, UTC ms. */
  readonly endTimeMs: number
  /** Log return from the last close, one per quantile level, ascending. */
  readonly logReturnQuantiles: readonly number[]
  /** The same as prices: `close · exp(logReturn)`. */
  readonly priceQuantiles: readonly number[]
  /** Mean of the forecast distribution (log return), from its quantiles. */
  readonly expectedLogReturn: number
  /** 80 % interval (0.9 − 0.1 quantile) over what is usual for this model, both in units of ex-ante volatility; 1 = usual. */
  readonly widthRatio: number
}

/** Why a model said what it said. */
export interface Explanation {
  /** Opening times of the steps attention runs over: the lookback, then the horizons. */
  readonly stepTimesMs: readonly number[]
  /** `[H][L + H]`; each row sums to 1. */
  readonly attention: readonly (readonly number[])[]
  /** Mean selection weight of each past variable, largest first; sums to 1. */
  readonly pastImportance: readonly { feature: string; weight: number }[]
  /** Mean selection weight of each known variable at the horizons, largest first; sums to 1. */
  readonly futureImportance: readonly { feature: string; weight: number }[]
}

/** What the model expects of one symbol, as of the close of one candle. */
export interface Forecast {
  readonly symbol: string
  readonly timeframe: Timeframe
  /** Close time of the newest candle used, UTC ms: nothing later was known. */
  readonly asOfMs: number
  /** Close of that candle, in quote currency. */
  readonly close: number
  /** Ex-ante volatility per candle, in log return. */
  readonly volatility: number
  readonly quantileLevels: readonly number[]
  readonly horizons: readonly HorizonForecast[]
  readonly explanation: Explanation | null
  /** `name@version` of the bundle. */
  readonly model: string
}

/** Forecasts for every candle of a series, by column: what a backtest reads. */
export interface ForecastSeries {
  readonly series: CandleSeries
  readonly horizons: readonly number[]
  readonly quantileLevels: readonly number[]
  /** First index with a forecast; earlier ones lack lookback. */
  readonly firstIndex: number
  /** `[length − firstIndex, H, Q]`, calibrated log returns. */
  readonly logReturnQuantiles: Float32Array
  /** `[length − firstIndex, H]`. */
  readonly widthRatio: Float32Array
  /** Ex-ante volatility per candle, `[length]`. */
  readonly volatility: Float64Array
  /**
   * 1 where there is no forecast, since a feature had no value in the lookback (another symbol's candles or a further column
   * were not there); its rows are NaN. `[length − firstIndex]`
   */
  readonly missing: Uint8Array
}
