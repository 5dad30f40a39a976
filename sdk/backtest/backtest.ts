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
  /** Open of the candle it was filled at, UTC ms: the close of the candle it was decided at. */
  readonly timeMs: number
  readonly side: 'buy' | 'sell'
  readonly quantityBase: number
  /** Fill price including slippage. */
  readonly price: number
  readonly feeQuote: number
  readonly slippageQuote: number
  /** Profit, after every cost in and out, of what this trade closed (average-cost); null when it only opened. */
  readonly realisedQuote: number | null
}

/** What a strategy did, before anything is measured. */
export interface StrategyRun {
  readonly name: string
  /** Mark-to-market at each close, from the first decision on. */
  readonly equity: Float64Array
  /** Mean of |position value| over equity at the closes. */
  readonly exposureFraction: number
  readonly trades: readonly Trade[]
}

/** A ratio that is undefined is null, with the reason in `undefinedReasons`. */
export interface BacktestMetrics {
  readonly totalReturnFraction: number
  readonly cagrFraction: number | null
  readonly annualVolatilityFraction: number | null
  /** Annualised, from candle returns, against a rate of zero. */
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly calmar: number | null
  readonly maxDrawdownFraction: number
  /** Share of the trades that closed something which closed it at a profit after costs. */
  readonly hitRateFraction: number | null
  /** Profits over losses of those trades. */
  readonly profitFactor: number | null
  /** Mean of |position value| over equity at the closes. */
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
  /** Mark-to-market at each close, one per entry of the report's `timesMs`. */
  readonly equity: Float64Array
  readonly trades: readonly Trade[]
  readonly metrics: BacktestMetrics
  /** Stationary-bootstrap intervals (Politis & Romano 1994). */
  readonly intervals: { readonly totalReturnFraction: Interval; readonly sharpe: Interval | null }
}

/** What the gate said at one close. */
export interface BacktestSignal {
  /** Close of the candle it was decided at, UTC ms. */
  readonly timeMs: number
  readonly kind: 'act' | 'abstain'
  /** Present when it acted. */
  readonly side?: 'buy' | 'sell'
  /** For people, with units. */
  readonly text: string
}

/** Never shown without its baselines, costs, intervals and trial count. */
export interface BacktestReport {
  readonly symbol: string
  readonly startTimeMs: number
  readonly endTimeMs: number
  /** Closing times, UTC ms. */
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
  /** One per close, for chart markers. */
  readonly signals: readonly BacktestSignal[]
}

/** Trades the gate's decisions on a model's forecasts. Everything a slider in a front-end may move. */
export interface GatedForecastOptions {
  /** Which forecast horizon to trade, in candles; must be one of the model's. */
  readonly horizonCandles: number
  /** Multiplies the manifest's `minEdgeToCost`; 1 = as shipped. */
  readonly edgeMultiplier?: number
  /** May the exposure be negative? Default false. */
  readonly allowShort?: boolean
  /** Largest absolute exposure, fraction of equity in (0, 1]; default 1. */
  readonly maxExposure?: number
}

export interface BacktestInputs {
  readonly series: CandleSeries
  readonly forecasts: ForecastSeries
  readonly costs: CostModel
  /** Default 10 000. */
  readonly initialCashQuote?: number
}
