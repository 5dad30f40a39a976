import type { TimeRange } from '../../candle/time-ranges.ts'
import { ExchangeError } from '../../errors.ts'
import { DAY_MS, type Timeframe, timeframeMs } from '../../units.ts'
import type { CandlePage, CandlePagesOptions, CandleRequest, CandleSource } from '../candle-source.ts'
import { untilAborted } from '../wait.ts'
import { askForCandles, type Market } from './ask-for-candles.ts'
import type { MarketType } from './create-client.ts'
import { type ExchangeOptions, type ExchangeSession, openExchange } from './exchange-session.ts'

/**
 * Exchanges correct a candle for a little while after its close, when trades arrive late: the newest ones are given, and
 * not called complete, so that they are asked for again.
 */
const SETTLING_CANDLES = 3
/** For exchanges of which ccxt does not know how many candles a page holds; all known ones hold as many. */
const PAGE_CANDLES = 100

/**
 * Candles of an exchange, through ccxt (an optional peer: `npm install ccxt`). Every page holds exactly the closed candles
 * that the exchange has, whatever went wrong on the way; where that cannot be had, it is an error.
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
export function exchangeCandleSource(exchange: ExchangeOptions | ExchangeSession): CandleSource {
  const sessions = 'ask' in exchange ? null : new Sessions(exchange)
  return {
    name: 'ask' in exchange ? exchange.id : nameOf(exchange),
    async *pages(request: CandleRequest, { signal }: CandlePagesOptions = {}) {
      const session = sessions === null ? (exchange as ExchangeSession) : await sessions.open(request.symbol, signal)
      yield* pagesOf(session, request, signal)
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
  signal: AbortSignal | undefined,
): AsyncGenerator<CandlePage> {
  const { symbol, timeframe } = request
  session.market(symbol)
  checkTimeframe(session, timeframe)
  const stepMs = timeframeMs(timeframe)
  const inProgressMs = Math.floor(session.nowMs() / stepMs) * stepMs
  const settledMs = inProgressMs - SETTLING_CANDLES * stepMs
  const endMs = Math.min(Math.ceil(request.toMs / stepMs) * stepMs, inProgressMs)
  const pageMs = pageCandles(session, symbol) * stepMs
  const page = (candles: CandlePage['candles'], { fromMs, toMs }: TimeRange): CandlePage => ({
    candles,
    complete: { fromMs, toMs: Math.max(fromMs, Math.min(toMs, settledMs)) },
  })

  let fromMs = Math.ceil(request.fromMs / stepMs) * stepMs
  for (let isFirst = true; fromMs < endMs; isFirst = false) {
    const window = { fromMs, toMs: Math.min(fromMs + pageMs, endMs) }
    const candles = await askForCandles(session, request, window, signal)
    // no candle opens between the start that was asked for and the first opening time after it
    yield page(candles, { fromMs: isFirst ? request.fromMs : fromMs, toMs: window.toMs })
    fromMs = window.toMs
    if (isFirst && candles.length === 0 && fromMs < endMs) {
      const firstMs = await firstListedMs(session, request, { fromMs, toMs: endMs }, signal)
      if (firstMs > fromMs) yield page([], { fromMs, toMs: firstMs })
      fromMs = firstMs
    }
  }
}

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

function pageCandles({ client }: ExchangeSession, symbol: string): number {
  const known = client.featureValue(symbol, 'fetchOHLCV', 'limit')
  return typeof known === 'number' && known > 0 ? known : PAGE_CANDLES
}

/**
 * Where to go on when a request begins with an empty page: a day before the first daily candle, of which one page spans
 * years. The start of the range where daily candles do not tell: then it is gone through page by page.
 */
async function firstListedMs(
  session: ExchangeSession,
  { symbol, timeframe }: Market,
  range: TimeRange,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (timeframe === '1d' || !hasTimeframe(session, '1d')) return range.fromMs
  const pageMs = pageCandles(session, symbol) * DAY_MS
  const endMs = Math.ceil(range.toMs / DAY_MS) * DAY_MS
  for (let fromMs = Math.floor(range.fromMs / DAY_MS) * DAY_MS; fromMs < endMs; fromMs += pageMs) {
    const window = { fromMs, toMs: Math.min(fromMs + pageMs, endMs) }
    const [first] = await askForCandles(session, { symbol, timeframe: '1d' }, window, signal).catch(ifRefused)
    if (first !== undefined) return Math.max(range.fromMs, first.openTimeMs - DAY_MS)
  }
  return range.fromMs
}

/** Daily candles only save time here. */
function ifRefused(error: unknown): [] {
  if (error instanceof ExchangeError && ['EXCHANGE_REFUSED', 'BAD_ANSWER'].includes(error.code)) return []
  throw error
}
