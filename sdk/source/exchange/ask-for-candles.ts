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

/**
 * All candles that an exchange has within a window of at most one page, oldest first.
 *
 * An exchange in trouble answers with fewer rows than it has. So what is missing is asked for again until several answers
 * agree; what is missing then is a gap of the market.
 * @throws ExchangeError, AbortedError as `ExchangeSession.ask`
 */
export async function askForCandles(
  session: ExchangeSession,
  { symbol, timeframe }: Market,
  window: TimeRange,
  signal: AbortSignal | undefined,
): Promise<Candle[]> {
  const stepMs = timeframeMs(timeframe)
  const what = `${timeframe} candles of ${symbol}`
  const candles = new Map<number, Candle>()
  const missing = new MissingCandles(window, stepMs, candles)
  for (let asked: TimeRange | null = window; asked !== null; ) {
    const { fromMs, toMs }: TimeRange = asked
    const request = () =>
      session.client.fetchOHLCV(symbol, timeframe, fromMs, (toMs - fromMs) / stepMs, { until: toMs - 1 })
    const rows = await session.ask(what, request, { signal, check: answer => problemOfRows(answer, window, stepMs) })
    collectRows(rows, window, candles)
    missing.note(spanOfAnswer(rows, asked, stepMs))
    asked = missing.nextToAsk()
    if (asked !== null) {
      const cause = `rows are missing between ${formatTimeMs(asked.fromMs)} and ${formatTimeMs(asked.toMs)}`
      await session.waitToRepeat(what, Math.max(1, missing.answers), cause, signal)
    }
  }
  return [...candles.values()].sort((a, b) => a.openTimeMs - b.openTimeMs)
}
