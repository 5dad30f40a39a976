import { DAY_MS } from '../units.ts'
import type { BacktestMetrics, StrategyRun, Trade } from './backtest.ts'

const YEAR_MS = 365.25 * DAY_MS
/** A growth rate annualised from less than this says more about the calendar than about the strategy. */
const MIN_ANNUALISED_DAYS = 30

/** Crypto trades around the clock, so a year has this many candles. */
export const candlesPerYear = (candleMs: number): number => YEAR_MS / candleMs

/** Simple returns between closes; 0 once equity is gone. */
export function equityReturns(equity: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(equity.length - 1, 0))
  for (let i = 0; i < returns.length; i++) returns[i] = equity[i] > 0 ? equity[i + 1] / equity[i] - 1 : 0
  return returns
}

export interface Moments {
  readonly mean: number
  /** Sample standard deviation. */
  readonly deviation: number
  /** Root mean square of the negative values, over all values. */
  readonly downsideDeviation: number
  readonly skewness: number
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number
}

/** Moments of returns; NaN where there are too few or they do not vary. */
export function momentsOf(returns: Float64Array): Moments {
  const n = returns.length
  let sum = 0
  for (const r of returns) sum += r
  const mean = sum / n
  let second = 0
  let third = 0
  let fourth = 0
  let downside = 0
  for (const r of returns) {
    const d = r - mean
    const d2 = d * d
    second += d2
    third += d2 * d
    fourth += d2 * d2
    if (r < 0) downside += r * r
  }
  const variance = second / n
  return {
    mean,
    deviation: Math.sqrt(second / (n - 1)),
    downsideDeviation: Math.sqrt(downside / n),
    skewness: third / n / variance ** 1.5,
    kurtosis: fourth / n / (variance * variance),
  }
}

/** Largest fall from a peak, as a fraction of the peak. */
export function maxDrawdownFraction(equity: Float64Array): number {
  let peak = Number.NEGATIVE_INFINITY
  let worst = 0
  for (const value of equity) {
    peak = Math.max(peak, value)
    worst = Math.max(worst, (peak - value) / peak)
  }
  return worst
}

/** Measures a run. What cannot be said is null, and `undefinedReasons` says why: a 0 would read as a finding. */
export function measureRun(
  run: StrategyRun,
  candleMs: number,
  moments = momentsOf(equityReturns(run.equity)),
): BacktestMetrics {
  const { equity, trades } = run
  const undefinedReasons: Record<string, string> = {}
  /** The value, or null with the first reason that applies. */
  const defined = (name: string, value: number, ...reasons: (string | false)[]): number | null => {
    const reason = reasons.find(r => r !== false) ?? (Number.isFinite(value) ? undefined : 'the value is not finite')
    if (reason === undefined) return value
    undefinedReasons[name] = reason
    return null
  }

  const first = equity[0]
  const last = equity[equity.length - 1]
  const spanMs = (equity.length - 1) * candleMs
  const perYear = candlesPerYear(candleMs)
  const { mean, deviation, downsideDeviation } = moments
  const drawdown = maxDrawdownFraction(equity)

  const tooShort =
    spanMs < MIN_ANNUALISED_DAYS * DAY_MS &&
    `the period of ${(spanMs / DAY_MS).toFixed(1)} days is shorter than ${MIN_ANNUALISED_DAYS} days`
  const ruined = last <= 0 && 'equity was lost'
  const tooFew = equity.length < 3 && 'there are fewer than two returns'
  const constant = deviation === 0 && 'equity never changed'
  const noLosses = downsideDeviation === 0 && 'no candle had a loss'
  const growth = (last / first) ** (YEAR_MS / spanMs) - 1

  return {
    totalReturnFraction: last / first - 1,
    cagrFraction: defined('cagrFraction', growth, tooShort, ruined),
    annualVolatilityFraction: defined('annualVolatilityFraction', deviation * Math.sqrt(perYear), tooFew),
    sharpe: defined('sharpe', (mean / deviation) * Math.sqrt(perYear), tooFew, constant),
    sortino: defined('sortino', (mean / downsideDeviation) * Math.sqrt(perYear), tooFew, constant, noLosses),
    calmar: defined('calmar', growth / drawdown, tooShort, ruined, drawdown === 0 && 'equity never fell'),
    maxDrawdownFraction: drawdown,
    ...closingTradeMetrics(trades, defined),
    exposureFraction: run.exposureFraction,
    turnover: sumOf(trades, t => t.quantityBase * t.price) / meanOf(equity),
    trades: trades.length,
    costsQuote: sumOf(trades, t => t.feeQuote + t.slippageQuote),
    undefinedReasons,
  }
}

function closingTradeMetrics(
  trades: readonly Trade[],
  defined: (name: string, value: number, ...reasons: (string | false)[]) => number | null,
): Pick<BacktestMetrics, 'hitRateFraction' | 'profitFactor'> {
  const realised = trades.map(t => t.realisedQuote).filter(r => r !== null)
  const won = realised.filter(r => r > 0)
  const profit = sumOf(won, r => r)
  const loss = -sumOf(realised, r => Math.min(r, 0))
  const nothingClosed = realised.length === 0 && 'no position was closed'
  return {
    hitRateFraction: defined('hitRateFraction', won.length / realised.length, nothingClosed),
    profitFactor: defined('profitFactor', profit / loss, nothingClosed, loss === 0 && 'no closed trade made a loss'),
  }
}

const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0)
const meanOf = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length
