import type { Interval } from '../../sdk/backtest/backtest.ts'
import type { FeatureRows } from '../../sdk/feature/feature-table.ts'
import type { ForecastSeries } from '../../sdk/forecast/forecast.ts'

/**
 * A contiguous part of one symbol's candles. The rows `from … to` (exclusive) count; before them is history, after them
 * their outcomes.
 */
export interface SeriesRange {
  readonly series: FeatureRows
  /** Other symbols' candles of the same time, where features look at them. */
  readonly panel?: readonly FeatureRows[]
  readonly from: number
  readonly to: number
}

/** Forecasts of a model over such a part, the first one at `from`. */
export interface ForecastRange extends SeriesRange {
  readonly forecasts: ForecastSeries
}

/** One mean loss over another; below 1 is better. The interval is a bootstrap over whole days. */
export interface LossRatio {
  readonly ratio: number
  readonly interval: Interval
}

export interface HorizonEvaluation {
  readonly horizonCandles: number
  readonly rows: number
  /** Mean pinball loss over the quantile levels, in log return. */
  readonly pinball: number
  readonly pinballUnconditional: number
  readonly pinballEwma: number
  readonly toUnconditional: LossRatio
  readonly toEwma: LossRatio
  /** Share of outcomes at or below each quantile. */
  readonly coverage: readonly number[]
  /** Share of outcomes inside the 80 % interval (above the 0.1, at or below the 0.9 quantile). */
  readonly intervalCoverage: number
  /**
   * The same in the calm, middle and violent third of each symbol's rows, by ex-ante volatility; null where a third is
   * empty.
   */
  readonly tercileCoverage: readonly (number | null)[]
}

export interface Evaluation {
  readonly startTimeMs: number
  readonly endTimeMs: number
  readonly quantileLevels: readonly number[]
  /** All symbols together. */
  readonly horizons: readonly HorizonEvaluation[]
  readonly symbols: readonly { readonly symbol: string; readonly horizons: readonly HorizonEvaluation[] }[]
}
