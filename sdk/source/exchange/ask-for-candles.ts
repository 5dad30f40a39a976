import type { Candle } from '../../candle/candle.ts'
import type { TimeRange } from '../../candle/time-ranges.ts'
import { formatTimeMs, type Timeframe, timeframeMs } from '../../units.ts'
import { collectRows, missingSpan, problemOfRows } from './candle-rows.ts'
import type { ExchangeSession } from './exchange-session.ts'

export interface Market {
  readonly symbol: string
  readonly timeframe: Timeframe
}

/** So many answers in a row must agree that candles are missing before they count as the market's own gap. */
const AGREEING_ANSWERS = 3

/**
 * All candles that an exchange has within a window of at most one page, oldest first.
 *
 * An exchange in trouble answers with fewer rows than it has. So what is missing is asked for again until several answers
 * in a row bring nothing new; whatever is missing then, the exchange does not have.
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
  let asked: TimeRange | null = window
  for (let agreeing = 0; asked !== null && agreeing < AGREEING_ANSWERS; agreeing++) {
    if (agreeing > 0) {
      await session.waitToRepeat(
        what,
        agreeing,
        `none from ${formatTimeMs(asked.fromMs)} to ${formatTimeMs(asked.toMs - stepMs)}`,
        signal,
      )
    }
    const { fromMs, toMs } = asked
    const request = () =>
      session.client.fetchOHLCV(symbol, timeframe, fromMs, (toMs - fromMs) / stepMs, { until: toMs - 1 })
    const rows = await session.ask(what, request, { signal, check: answer => problemOfRows(answer, window, stepMs) })
    if (collectRows(rows, asked, candles) > 0) agreeing = 0
    asked = missingSpan(candles, window, stepMs)
  }
  return [...candles.values()].sort((a, b) => a.openTimeMs - b.openTimeMs)
}
