import type { Exchange } from 'ccxt'
import type { Candle } from '../../sdk/candle/candle.ts'
import { ExchangeError } from '../../sdk/errors.ts'
import { type Timeframe, timeframeMs } from '../../sdk/units.ts'
import type { CandleFile } from './candle-file.ts'

export interface FetchCandlesOptions {
  /** ccxt's name, e.g. `binance`. */
  readonly exchange: string
  /** Spot symbols in ccxt's spelling, e.g. `BTC/USDT`. */
  readonly symbols: readonly string[]
  readonly timeframe: Timeframe
  /** Closed candles wanted per symbol, up to the newest. */
  readonly candles: number
  /** Limit for the first answer as a whole and for each request after it, ms. */
  readonly timeoutMs: number
  /** In candles. */
  readonly onProgress?: (done: number, total: number) => void
  /** Replaces base URLs of the exchange's API by name: for a proxy or a mirror. */
  readonly urls?: Readonly<Record<string, string>>
}

/** Most exchanges cap a page at 1,000 or less; fewer rows than asked for are no sign of the end. */
const PAGE_CANDLES = 1000

/**
 * Fetches the newest closed candles of each symbol. What is closed is judged by the exchange's clock, or by ours where
 * that is behind.
 *
 * @returns One entry per symbol, in the order asked for; fewer candles than wanted where the market is younger.
 * @throws ExchangeError `EXCHANGE_UNREACHABLE` (any network failure, within `timeoutMs` before the first answer),
 *   `UNKNOWN_EXCHANGE`, `UNSUPPORTED_TIMEFRAME`, `UNKNOWN_SYMBOL`, `NO_CANDLES`, `EXCHANGE_REFUSED`
 */
export async function fetchCandles(o: FetchCandlesOptions): Promise<CandleFile[]> {
  const { exchange, NetworkError } = await openExchange(o)
  try {
    const nowMs = await withinTimeout(firstAnswer(exchange), o)
    checkOffer(exchange, o)
    const files: CandleFile[] = []
    for (const symbol of o.symbols) {
      const report = (done: number): void =>
        o.onProgress?.(files.length * o.candles + done, o.symbols.length * o.candles)
      files.push({
        exchange: o.exchange,
        symbol,
        timeframe: o.timeframe,
        candles: await fetchSymbol(exchange, symbol, nowMs, o, report),
      })
    }
    return files
  } catch (error) {
    if (error instanceof ExchangeError) throw error
    const cause = oneLine(error)
    if (error instanceof NetworkError) throw unreachable(o, cause)
    throw new ExchangeError('EXCHANGE_REFUSED', `${o.exchange} refused the request for candles: ${cause}`, {
      exchange: o.exchange,
      cause,
    })
  }
}

/** ccxt is large and only this command needs it, so it is loaded here. */
async function openExchange(o: FetchCandlesOptions): Promise<{ exchange: Exchange; NetworkError: typeof Error }> {
  const { default: ccxt } = await import('ccxt')
  const Class = (ccxt as unknown as Record<string, new (config: object) => Exchange>)[o.exchange]
  if (!ccxt.exchanges.includes(o.exchange)) {
    throw new ExchangeError(
      'UNKNOWN_EXCHANGE',
      `ccxt knows no exchange "${o.exchange}"; it knows ${ccxt.exchanges.length}, such as binance, bybit, kraken and okx.`,
      { exchange: o.exchange },
    )
  }
  const exchange = new Class({
    enableRateLimit: true,
    timeout: o.timeoutMs,
    // the lists of futures and options are long, and candles of spot markets need none of them
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  })
  if (o.urls) {
    const urls = exchange.urls as { api: Record<string, string> }
    urls.api = { ...urls.api, ...o.urls }
  }
  return { exchange, NetworkError: ccxt.NetworkError as unknown as typeof Error }
}

/** The list of markets and the time; what cannot give both cannot give candles. */
async function firstAnswer(exchange: Exchange): Promise<number> {
  await exchange.loadMarkets()
  const ours = Date.now()
  return exchange.has.fetchTime ? Math.min((await exchange.fetchTime()) ?? ours, ours) : ours
}

/** ccxt limits each request; several in a row may still take a multiple of that. */
async function withinTimeout<T>(work: Promise<T>, o: FetchCandlesOptions): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable(o, `no answer within ${o.timeoutMs} ms`)), o.timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function unreachable(o: FetchCandlesOptions, cause: string): ExchangeError {
  return new ExchangeError(
    'EXCHANGE_UNREACHABLE',
    `${o.exchange} cannot be reached: ${cause}. Check the connection, use candles on disk (--data), or simulate.`,
    { exchange: o.exchange, cause, timeoutMs: o.timeoutMs },
  )
}

const oneLine = (error: unknown): string => {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function checkOffer(exchange: Exchange, o: FetchCandlesOptions): void {
  const timeframes = Object.keys(exchange.timeframes ?? {})
  if (!exchange.has.fetchOHLCV || !timeframes.includes(o.timeframe)) {
    throw new ExchangeError(
      'UNSUPPORTED_TIMEFRAME',
      `${o.exchange} has no ${o.timeframe} candles; it has ${timeframes.join(', ') || 'none'}.`,
      { exchange: o.exchange, timeframe: o.timeframe, timeframes },
    )
  }
  const missing = o.symbols.find(symbol => !(symbol in (exchange.markets ?? {})))
  if (missing !== undefined) {
    throw new ExchangeError(
      'UNKNOWN_SYMBOL',
      `${o.exchange} lists no spot market "${missing}". Symbols are written BASE/QUOTE, e.g. BTC/USDT.`,
      { exchange: o.exchange, symbol: missing },
    )
  }
}

async function fetchSymbol(
  exchange: Exchange,
  symbol: string,
  nowMs: number,
  o: FetchCandlesOptions,
  report: (done: number) => void,
): Promise<Candle[]> {
  const stepMs = timeframeMs(o.timeframe)
  const endMs = Math.floor(nowMs / stepMs) * stepMs // the candle in progress opens here
  const candles: Candle[] = []
  let sinceMs = endMs - o.candles * stepMs
  while (sinceMs < endMs) {
    const rows = await exchange.fetchOHLCV(symbol, o.timeframe, sinceMs, PAGE_CANDLES)
    const page = rows.map(toCandle).filter(c => c.openTimeMs >= sinceMs && c.openTimeMs < endMs)
    candles.push(...page)
    // where a page is empty, the market was not there yet
    sinceMs = (page.at(-1)?.openTimeMs ?? sinceMs + (PAGE_CANDLES - 1) * stepMs) + stepMs
    report(o.candles - Math.max(0, (endMs - sinceMs) / stepMs))
  }
  if (candles.length === 0) {
    throw new ExchangeError('NO_CANDLES', `${o.exchange} gave no ${o.timeframe} candles of ${symbol}.`, {
      exchange: o.exchange,
      symbol,
      timeframe: o.timeframe,
    })
  }
  return candles
}

/** A value that the exchange left out becomes NaN, which validation names. */
function toCandle(row: readonly (number | undefined)[]): Candle {
  const [openTimeMs, open, high, low, close, volume] = row.map(value => value ?? Number.NaN)
  return { openTimeMs, open, high, low, close, volume }
}
