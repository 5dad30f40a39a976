import type { Candle } from '../../candle/candle.ts'
import type { TimeRange } from '../../candle/time-ranges.ts'
import { formatTimeMs, type Timeframe, timeframeMs } from '../../units.ts'
import { collectRows, problemOfRows, spanOfAnswer } from './candle-rows.ts'
import type { ExchangeSession } from './exchange-session.ts'
import { MissingCandles } from './missing-candles.ts'

export interface Market {
  readonly symbol: string
  readonly timeframe: Timeframe
}

/** For exchanges of which ccxt does not know how many candles a page holds; all known ones hold as many. */
const PAGE_CANDLES = 100

/** Most candles of one window. */
export function pageCandles({ client }: ExchangeSession, symbol: string): number {
  const known = client.featureValue(symbol, 'fetchOHLCV', 'limit')
  return typeof known === 'number' && known > 0 ? known : PAGE_CANDLES
}

/** What an exchange has within a window. */
export interface WindowAnswer {
  /** Oldest first. */
  readonly candles: readonly Candle[]
  /** Times without a candle of which it did not say that there is none; sorted and disjoint. */
  readonly unconfirmed: readonly TimeRange[]
  /** Of the first candle that it gave from beyond the window, UTC ms; null where it gave none. */
  readonly nextMs: number | null
}

/**
 * All candles that an exchange has within a window of at most one page.
 *
 * An exchange in trouble answers with fewer rows than it has. So what is missing is asked for again until several answers
 * agree; what is missing then is a gap of the market, or a time of which the exchange keeps nothing any more.
 * @throws ExchangeError, AbortedError as `ExchangeSession.ask`
 */
export async function askForCandles(
  session: ExchangeSession,
  { symbol, timeframe }: Market,
  window: TimeRange,
  signal: AbortSignal | undefined,
): Promise<WindowAnswer> {
  const stepMs = timeframeMs(timeframe)
  const what = `${timeframe} candles of ${symbol}`
  const candles = new Map<number, Candle>()
  const missing = new MissingCandles(window, stepMs, candles)
  let nextMs: number | null = null
  for (let asked: TimeRange | null = window; asked !== null; ) {
    const { fromMs, toMs }: TimeRange = asked
    const request = () =>
      session.client.fetchOHLCV(symbol, timeframe, fromMs, (toMs - fromMs) / stepMs, { until: toMs - 1 })
    const rows = await session.ask(what, request, { signal, check: answer => problemOfRows(answer, window, stepMs) })
    collectRows(rows, window, candles)
    missing.note(spanOfAnswer(rows, asked, stepMs), asked)
    for (const [timeMs] of rows) if (timeMs! >= window.toMs) nextMs = Math.min(nextMs ?? timeMs!, timeMs!)
    asked = missing.nextToAsk()
    if (asked !== null) {
      const cause = `rows are missing between ${formatTimeMs(asked.fromMs)} and ${formatTimeMs(asked.toMs)}`
      await session.waitToRepeat(what, Math.max(1, missing.answers), cause, signal)
    }
  }
  const sorted = [...candles.values()].sort((a, b) => a.openTimeMs - b.openTimeMs)
  return { candles: sorted, unconfirmed: missing.unconfirmed, nextMs }
}
