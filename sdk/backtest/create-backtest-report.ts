import type { Manifest } from '../bundle/manifest.ts'
import { BacktestError } from '../errors.ts'
import { abstainReasons, formatSignedBps } from '../gate/gate-forecast.ts'
import { timeframeMs } from '../units.ts'
import type {
  BacktestInputs,
  BacktestReport,
  BacktestSignal,
  GatedForecastOptions,
  Strategy,
  StrategyResult,
} from './backtest.ts'
import { buyAndHold, simpleGrid } from './baselines.ts'
import { bootstrapIntervals } from './bootstrap.ts'
import { deflatedSharpe } from './deflated-sharpe.ts'
import { type GatedForecastStrategy, gatedForecastStrategy } from './gated-forecast-strategy.ts'
import { candlesPerYear, equityReturns, type Moments, measureRun, momentsOf } from './metrics.ts'
import { DEFAULT_INITIAL_CASH_QUOTE, runStrategy } from './run-strategy.ts'

export interface BacktestReportOptions extends BacktestInputs {
  /** Gate thresholds of the manifest the forecasts come from. */
  readonly thresholds: Manifest['gate']
  readonly strategy: GatedForecastOptions
  /** How many settings have been tried on this data, this one included. */
  readonly trials: number
}

/** Intervals are part of a result: the same inputs must show the same ones. */
const BOOTSTRAP_SEED = 20_240_101

/**
 * Backtests the gated forecasts beside Buy & Hold and Simple Grid: the same candles (from the first forecast on), the
 * same costs, the same cash. Deterministic.
 * @throws BacktestError `SERIES_MISMATCH`, `INVALID_TRIALS`, `INVALID_START`, `INVALID_CASH`, `INVALID_MAX_EXPOSURE`,
 *   `NON_FINITE_FORECAST`; ForecastError `UNKNOWN_HORIZON`; ConfigError `INVALID_COSTS`, `INVALID_EDGE_MULTIPLIER`
 */
export function createBacktestReport(o: BacktestReportOptions): BacktestReport {
  const { series, forecasts, costs, thresholds, trials, initialCashQuote = DEFAULT_INITIAL_CASH_QUOTE } = o
  checkSameCandles(o)
  if (!Number.isInteger(trials) || trials < 1) {
    throw new BacktestError(
      'INVALID_TRIALS',
      `trials is ${trials}: expected a whole number of 1 or more, counting every setting tried on this data.`,
      { trials },
    )
  }
  const startIndex = forecasts.firstIndex
  const candleMs = timeframeMs(series.timeframe)
  const common = { series, costs, initialCashQuote, startIndex }

  const judge = (strategy: Strategy, allowShort: boolean): { result: StrategyResult; moments: Moments } => {
    const run = runStrategy({ ...common, strategy, allowShort })
    const returns = equityReturns(run.equity)
    const moments = momentsOf(returns)
    const metrics = measureRun(run, candleMs, moments)
    const intervals = bootstrapIntervals({
      returns,
      meanBlockCandles: Math.max(2 * o.strategy.horizonCandles, Math.ceil(Math.cbrt(returns.length))),
      candlesPerYear: candlesPerYear(candleMs),
      seed: BOOTSTRAP_SEED,
    })
    const { name, equity, trades } = run
    const sharpe = metrics.sharpe === null ? null : intervals.sharpe
    return { result: { name, equity, trades, metrics, intervals: { ...intervals, sharpe } }, moments }
  }

  const gated = gatedForecastStrategy({ ...o.strategy, forecasts, thresholds, costs })
  const { result, moments } = judge(gated, o.strategy.allowShort ?? false)
  const timesMs = series.openTimeMs.slice(startIndex).map(openMs => openMs + candleMs)
  return {
    symbol: series.symbol,
    startTimeMs: timesMs[0],
    endTimeMs: timesMs[timesMs.length - 1],
    timesMs,
    costs,
    initialCashQuote,
    result,
    baselines: [judge(buyAndHold(), false).result, judge(simpleGrid(), false).result],
    trials,
    deflatedSharpe: deflate(result, moments, trials),
    signals: describeSignals(gated, o.strategy.horizonCandles, startIndex, timesMs),
  }
}

function checkSameCandles({ series, forecasts }: BacktestInputs): void {
  const other = forecasts.series
  const last = series.length - 1
  const same =
    series.symbol === other.symbol &&
    series.timeframe === other.timeframe &&
    series.length === other.length &&
    series.openTimeMs[0] === other.openTimeMs[0] &&
    series.close[last] === other.close[last]
  if (!same) {
    throw new BacktestError(
      'SERIES_MISMATCH',
      `The forecasts are for ${other.length} ${other.symbol} ${other.timeframe} candles, not for the ${series.length} ` +
        `${series.symbol} ${series.timeframe} candles given. Make them from the same candles with predictSeries.`,
      { symbol: series.symbol, length: series.length, forecastSymbol: other.symbol, forecastLength: other.length },
    )
  }
}

function deflate(result: StrategyResult, moments: Moments, trials: number): BacktestReport['deflatedSharpe'] {
  if (result.metrics.sharpe === null) {
    return { probability: null, reason: `there is no Sharpe ratio: ${result.metrics.undefinedReasons.sharpe}` }
  }
  const { mean, deviation, skewness, kurtosis } = moments
  const sample = { sharpe: mean / deviation, observations: result.equity.length - 1, skewness, kurtosis }
  const probability = deflatedSharpe(sample, trials)
  return {
    probability,
    reason: probability === null ? 'the returns are too skewed for its variance to be positive' : null,
  }
}

function describeSignals(
  gated: GatedForecastStrategy,
  horizonCandles: number,
  startIndex: number,
  timesMs: Float64Array,
): BacktestSignal[] {
  return Array.from(timesMs, (timeMs, i): BacktestSignal => {
    const view = gated.viewAt(startIndex + i)
    const side = gated.sideAt(startIndex + i)
    if (side === 0) {
      const text = abstainReasons(view, gated.limits)
        .map(reason => reason.text)
        .join('; ')
      return { timeMs, kind: 'abstain', text }
    }
    const edge = formatSignedBps(view.edgeBps)
    const text = `expected ${edge} bps over ${horizonCandles} candles for a round trip of ${gated.limits.costBps.toFixed(1)} bps`
    return { timeMs, kind: 'act', side: side > 0 ? 'buy' : 'sell', text }
  })
}
