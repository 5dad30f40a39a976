import type { Candle } from '../../candle/candle.ts'
import { subtractRanges, type TimeRange } from '../../candle/time-ranges.ts'
import { ExchangeError } from '../../errors.ts'
import { type Timeframe, timeframeMs } from '../../units.ts'
import type { CandlePage, CandlePagesOptions, CandleRequest, CandleSource } from '../candle-source.ts'
import { untilAborted } from '../wait.ts'
import { askForCandles, pageCandles, type WindowAnswer } from './ask-for-candles.ts'
import type { MarketType } from './create-client.ts'
import { DailyCandles } from './daily-candles.ts'
import { type ExchangeOptions, type ExchangeSession, openExchange } from './exchange-session.ts'

/**
 * Exchanges correct a candle for a little while after its close, when trades arrive late: the newest ones are given, and
 * not called complete, so that they are asked for again.
 */
const SETTLING_CANDLES = 3

export interface ExchangeCandleSourceOptions {
  /**
   * Told of times that the exchange gave no candle of without saying that there is none, as one does that keeps its newest
   * candles only. They are not complete: the next request asks for them again.
   */
  readonly onUnconfirmed?: (range: TimeRange) => void
}

/**
 * Candles of an exchange, through ccxt (an optional peer: `npm install ccxt`). Every page holds exactly the closed candles
 * that the exchange gives, whatever went wrong on the way; where that cannot be had, it is an error.
 *
 * The session with the exchange is opened with the first request.
 *
 * @example
 * const source = exchangeCandleSource({ exchange: 'binance' })
 * const candles = await loadCandles(source, { symbol: 'BTC/USDT', timeframe: '1h', candles: 500 })
 * @param exchange How to reach it, or a session that is open already.
 * @throws from `pages`: SourceError `CCXT_MISSING`; ExchangeError `UNKNOWN_EXCHANGE`, `UNKNOWN_SYMBOL`,
 *   `UNSUPPORTED_TIMEFRAME`, `CLOCK_OFF`, `EXCHANGE_UNREACHABLE`, `RATE_LIMITED`, `BAD_ANSWER`, `EXCHANGE_REFUSED`,
 *   `CREDENTIALS_MISSING`; AbortedError
 */
export function exchangeCandleSource(
  exchange: ExchangeOptions | ExchangeSession,
  options: ExchangeCandleSourceOptions = {},
): CandleSource {
  const sessions = 'ask' in exchange ? null : new Sessions(exchange)
  return {
    name: 'ask' in exchange ? exchange.id : nameOf(exchange),
    async *pages(request: CandleRequest, { signal }: CandlePagesOptions = {}) {
      const session = sessions === null ? (exchange as ExchangeSession) : await sessions.open(request.symbol, signal)
      yield* pagesOf(session, request, options, signal)
    },
  }
}

const nameOf = ({ exchange }: ExchangeOptions): string => (typeof exchange === 'string' ? exchange : exchange.id)

/** A session for spot markets and one for perpetuals, each opened when it is first needed: their lists are long. */
class Sessions {
  readonly #options: ExchangeOptions
  readonly #opening = new Map<MarketType | 'any', Promise<ExchangeSession>>()

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  open(symbol: string, signal: AbortSignal | undefined): Promise<ExchangeSession> {
    const type = this.#options.marketType ?? (symbol.includes(':') ? 'swap' : 'spot')
    const key = typeof this.#options.exchange === 'string' ? type : 'any'
    const opened = this.#opening.get(key)
    const opening = opened ?? openExchange({ ...this.#options, marketType: type })
    if (opened === undefined) {
      this.#opening.set(key, opening)
      // one that failed is not kept: the next request tries again
      opening.catch(() => this.#opening.delete(key))
    }
    return untilAborted(opening, signal, `Opening ${nameOf(this.#options)}`)
  }
}

async function* pagesOf(
  session: ExchangeSession,
  request: CandleRequest,
  { onUnconfirmed }: ExchangeCandleSourceOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<CandlePage> {
  const { symbol, timeframe } = request
  session.market(symbol)
  checkTimeframe(session, timeframe)
  const stepMs = timeframeMs(timeframe)
  const inProgressMs = Math.floor(session.nowMs() / stepMs) * stepMs
  const settledMs = inProgressMs - SETTLING_CANDLES * stepMs
  // no candle opens between the start that was asked for and the first opening time after it
  const startMs = Math.max(0, Math.ceil(request.fromMs / stepMs) * stepMs)
  const endMs = Math.min(Math.ceil(request.toMs / stepMs) * stepMs, inProgressMs)
  const pageMs = pageCandles(session, symbol) * stepMs
  const page = (candles: CandlePage['candles'], { fromMs, toMs }: TimeRange): CandlePage => ({
    candles,
    complete: {
      fromMs: fromMs === startMs ? request.fromMs : fromMs,
      toMs: Math.max(fromMs, Math.min(toMs, settledMs)),
    },
  })
  const ask = (window: TimeRange): Promise<WindowAnswer> => askForCandles(session, request, window, signal)
  const tellUnconfirmed = ({ fromMs, toMs }: TimeRange): void => {
    // newer ones are asked for again anyway
    const told = { fromMs, toMs: Math.min(toMs, settledMs) }
    if (told.fromMs < told.toMs) onUnconfirmed?.(told)
  }

  let days =
    timeframe === '1d' || !hasTimeframe(session, '1d') ? null : new DailyCandles(session, symbol, endMs, signal)
  for (let fromMs = startMs; fromMs < endMs; ) {
    const window = { fromMs, toMs: Math.min(fromMs + pageMs, endMs) }
    const { candles, unconfirmed, nextMs } = await ask(window)
    for (const range of unconfirmed) tellUnconfirmed(range)
    for (const known of subtractRanges(window, unconfirmed)) {
      yield page(candles.filter(isWithin(known)), known)
    }
    fromMs = window.toMs
    if (candles.length > 0) continue

    if (unconfirmed.length > 0) {
      // it has said from where on it has candles
      fromMs = Math.min(nextMs ?? fromMs, endMs)
      tellUnconfirmed({ fromMs: window.toMs, toMs: fromMs })
    } else if (days !== null && fromMs + pageMs < endMs) {
      const dayMs = await days.nextMs(fromMs)
      if (dayMs === null && !isEmpty(await ask({ fromMs: endMs - pageMs, toMs: endMs }))) days = null
      else fromMs = dayMs ?? endMs
      if (fromMs > window.toMs) yield page([], { fromMs: window.toMs, toMs: fromMs })
    }
  }
}

const isWithin =
  ({ fromMs, toMs }: TimeRange) =>
  ({ openTimeMs }: Candle): boolean =>
    openTimeMs >= fromMs && openTimeMs < toMs

/** Whether it says that there is no candle at all. */
const isEmpty = ({ candles, unconfirmed }: WindowAnswer): boolean => candles.length === 0 && unconfirmed.length === 0

/** @throws ExchangeError `UNSUPPORTED_TIMEFRAME` */
function checkTimeframe(session: ExchangeSession, timeframe: Timeframe): void {
  if (hasTimeframe(session, timeframe)) return
  const offered = session.has('fetchOHLCV') ? Object.keys(session.client.timeframes ?? {}) : []
  throw new ExchangeError(
    'UNSUPPORTED_TIMEFRAME',
    `${session.id} has no ${timeframe} candles; it has ${offered.join(', ') || 'none'}.`,
    { exchange: session.id, timeframe, timeframes: offered },
  )
}

const hasTimeframe = (session: ExchangeSession, timeframe: Timeframe): boolean =>
  session.has('fetchOHLCV') && Object.hasOwn(session.client.timeframes ?? {}, timeframe)
