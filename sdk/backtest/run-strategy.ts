import type { CandleSeries } from '../candle/candle.ts'
import { BacktestError } from '../errors.ts'
import { type CostModel, checkCosts } from '../gate/costs.ts'
import { formatTimeMs } from '../units.ts'
import type { Strategy, StrategyRun } from './backtest.ts'
import { PaperAccount } from './paper-account.ts'

export const DEFAULT_INITIAL_CASH_QUOTE = 10_000

/** Adjusting a position by less than this fraction of equity is not worth its costs: prices move exposure all the time. */
const NO_TRADE_BAND_FRACTION = 0.05

export interface RunStrategyOptions {
  readonly series: CandleSeries
  readonly strategy: Strategy
  readonly costs: CostModel
  /** Default 10 000. */
  readonly initialCashQuote?: number
  /** Candle whose close is the first decision; default 0. */
  readonly startIndex?: number
  /** May the strategy ask for negative exposure? Default false. */
  readonly allowShort?: boolean
}

/**
 * Runs a strategy over candles. Each candle, in this order: what was decided at the previous close is filled at this
 * candle's **open**; the account is marked at its close; the strategy sees the close and decides. What it decides at the
 * last close is never filled.
 *
 * Opening, closing and turning a position always trade; adjusting one trades only beyond 5 % of equity. An account whose
 * equity is gone at a close is closed out at the next open and trades no more.
 * @throws BacktestError `INVALID_CASH`, `INVALID_START`, `INVALID_EXPOSURE`, `SHORT_NOT_ALLOWED`; ConfigError `INVALID_COSTS`
 */
export function runStrategy(o: RunStrategyOptions): StrategyRun {
  const {
    series,
    strategy,
    costs,
    initialCashQuote = DEFAULT_INITIAL_CASH_QUOTE,
    startIndex = 0,
    allowShort = false,
  } = o
  checkCosts(costs)
  checkStart(series, startIndex, initialCashQuote)

  const account = new PaperAccount(initialCashQuote, costs)
  const equity = new Float64Array(series.length - startIndex)
  let exposureSum = 0
  let wanted: number | null = null
  let ruined = false

  for (let index = startIndex; index < series.length; index++) {
    if (wanted !== null) {
      const open = series.open[index]
      if (isWorthTrading(wanted, account, open)) account.rebalance(wanted, open, series.openTimeMs[index])
    }

    const close = series.close[index]
    const equityQuote = account.equityAt(close)
    const exposure = equityQuote > 0 ? (account.positionBase * close) / equityQuote : 0
    equity[index - startIndex] = equityQuote
    exposureSum += Math.abs(exposure)

    const { positionBase, cashQuote } = account
    const decided = strategy.onCandle({ series, index, positionBase, cashQuote, equityQuote, exposure })
    checkExposure(decided, allowShort, strategy, series, index)
    ruined ||= equityQuote <= 0
    wanted = ruined ? 0 : decided
  }
  return { name: strategy.name, equity, exposureFraction: exposureSum / equity.length, trades: account.trades }
}

function isWorthTrading(wanted: number, account: PaperAccount, price: number): boolean {
  const held = account.positionBase
  if (Math.sign(wanted) !== Math.sign(held)) return true
  const equity = account.equityAt(price)
  return Math.abs(wanted * equity - held * price) > NO_TRADE_BAND_FRACTION * equity
}

function checkStart(series: CandleSeries, startIndex: number, initialCashQuote: number): void {
  if (!(initialCashQuote > 0 && initialCashQuote < Infinity)) {
    throw new BacktestError(
      'INVALID_CASH',
      `initialCashQuote is ${initialCashQuote}: expected a finite amount above 0, in quote currency.`,
      { initialCashQuote },
    )
  }
  if (!Number.isInteger(startIndex) || startIndex < 0 || startIndex > series.length - 2) {
    throw new BacktestError(
      'INVALID_START',
      `${series.symbol}: a backtest from candle ${startIndex} of ${series.length} has no candle to fill a decision at. ` +
        'Give at least two candles from the first decision on.',
      { symbol: series.symbol, startIndex, length: series.length },
    )
  }
}

function checkExposure(
  wanted: number | null,
  allowShort: boolean,
  strategy: Strategy,
  series: CandleSeries,
  index: number,
): void {
  if (wanted === null || (wanted <= 1 && wanted >= (allowShort ? -1 : 0))) return
  const where = `Strategy '${strategy.name}' at candle ${index} of ${series.symbol} (${formatTimeMs(series.openTimeMs[index])})`
  const details = { strategy: strategy.name, symbol: series.symbol, index, exposure: wanted }
  if (wanted < 0 && wanted >= -1) {
    throw new BacktestError(
      'SHORT_NOT_ALLOWED',
      `${where} wants an exposure of ${wanted}, but the account may not be short. Set allowShort, or ask for 0.`,
      details,
    )
  }
  throw new BacktestError(
    'INVALID_EXPOSURE',
    `${where} wants an exposure of ${wanted}: expected −1 … 1, or null.`,
    details,
  )
}
