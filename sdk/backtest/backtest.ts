import type { CandleSeries } from '../candle/candle.ts'
import type { ForecastSeries } from '../forecast/forecast.ts'
import type { CostModel } from '../gate/costs.ts'

export type { CostModel }

/** What a strategy may see at the close of candle `index`: nothing later. */
export interface StrategyContext {
  readonly series: CandleSeries
  readonly index: number
  /** Signed position in base currency. */
  readonly positionBase: number
  readonly cashQuote: number
  readonly equityQuote: number
  /** Position value over equity, signed. */
  readonly exposure: number
}

/**
 * Streaming and stateful: `onCandle` is called once per candle, in order, and returns the exposure wanted from the next
 * open on (fraction of equity, −1 … 1), or null to leave the position alone.
 */
export interface Strategy {
  readonly name: string
  onCandle(context: StrategyContext): number | null
}

export interface Trade {
  readonly timeMs: number
  readonly side: 'buy' | 'sell'
  readonly quantityBase: number
  /** Fill price including slippage. */
  readonly price: number
  readonly feeQuote: number
  readonly slippageQuote: number
}

/** A ratio that is undefined is null, with the reason in `undefinedReasons`. */
export interface BacktestMetrics {
  readonly totalReturnFraction: number
  readonly cagrFraction: number | null
  readonly annualVolatilityFraction: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly maxDrawdownFraction: number
  readonly hitRateFraction: number | null
  readonly profitFactor: number | null
  readonly exposureFraction: number
  /** Traded notional over mean equity. */
  readonly turnover: number
  readonly trades: number
  readonly costsQuote: number
  readonly undefinedReasons: Readonly<Record<string, string>>
}

export interface Interval {
  readonly low: number
  readonly high: number
  /** e.g. 0.9 */
  readonly level: number
}

export interface StrategyResult {
  readonly name: string
  /** Mark-to-market at each close, `[length]`, from `startIndex` of the report. */
  readonly equity: Float64Array
  readonly trades: readonly Trade[]
  readonly metrics: BacktestMetrics
  /** Stationary-bootstrap intervals (Politis & Romano 1994). */
  readonly intervals: { readonly totalReturnFraction: Interval; readonly sharpe: Interval | null }
}

/** Never shown without its baselines, costs, intervals and trial count. */
export interface BacktestReport {
  readonly symbol: string
  readonly startTimeMs: number
  readonly endTimeMs: number
  readonly timesMs: Float64Array
  readonly costs: CostModel
  readonly initialCashQuote: number
  readonly result: StrategyResult
  /** Buy & Hold and Simple Grid, same costs, same period. */
  readonly baselines: readonly StrategyResult[]
  /** How many settings were tried to get here, for the deflated Sharpe ratio. */
  readonly trials: number
  /** Probability that the true Sharpe ratio exceeds what the best of `trials` would show by luck; null with the reason. */
  readonly deflatedSharpe: { readonly probability: number | null; readonly reason: string | null }
  /** Candles at which the strategy acted or abstained; for chart markers. */
  readonly signals: readonly {
    readonly timeMs: number
    readonly kind: 'act' | 'abstain'
    readonly side?: 'buy' | 'sell'
    readonly text: string
  }[]
}

/** Trades the gate's decisions on a model's forecasts. Everything a slider in a front-end may move. */
export interface GatedForecastOptions {
  /** Which forecast horizon to trade, in candles; must be one of the model's. */
  readonly horizonCandles: number
  /** Multiplies the manifest's `minEdgeToCost`; 1 = as shipped. */
  readonly edgeMultiplier?: number
  /** May the exposure be negative? */
  readonly allowShort?: boolean
  /** Largest absolute exposure, fraction of equity; default 1. */
  readonly maxExposure?: number
}

export interface BacktestInputs {
  readonly series: CandleSeries
  readonly forecasts: ForecastSeries
  readonly costs: CostModel
  readonly initialCashQuote?: number
}
