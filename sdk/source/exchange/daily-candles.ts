import type { TimeRange } from '../../candle/time-ranges.ts'
import { ExchangeError } from '../../errors.ts'
import { DAY_MS } from '../../units.ts'
import { askForCandles, pageCandles } from './ask-for-candles.ts'
import type { ExchangeSession } from './exchange-session.ts'

/**
 * The days on which a market may have candles: those with a daily candle, of which one page spans years, and those of which
 * the exchange does not say that there is none. Asked for as far as they are needed, and once.
 */
export class DailyCandles {
  readonly #daysFrom: (fromMs: number) => AsyncGenerator<TimeRange, undefined>
  #days: AsyncGenerator<TimeRange, undefined> | null = null
  #next: IteratorResult<TimeRange, undefined> | null = null

  constructor(session: ExchangeSession, symbol: string, endMs: number, signal: AbortSignal | undefined) {
    this.#daysFrom = fromMs => possibleDays(session, symbol, { fromMs, toMs: endMs }, signal)
  }

  /**
   * Where to go on after an empty page that ends at `fromMs`: a day before the next daily candle, for not every exchange
   * begins its days at midnight, UTC. Null where none follows. Calls must not go back in time.
   * @throws ExchangeError, AbortedError as `ExchangeSession.ask`
   */
  async nextMs(fromMs: number): Promise<number | null> {
    this.#days ??= this.#daysFrom(fromMs)
    for (;;) {
      this.#next ??= await this.#days.next()
      const { value: day } = this.#next
      if (day === undefined) return null
      if (day.toMs > fromMs) return Math.max(fromMs, day.fromMs - DAY_MS)
      this.#next = null
    }
  }
}

async function* possibleDays(
  session: ExchangeSession,
  symbol: string,
  range: TimeRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<TimeRange, undefined> {
  const endMs = Math.ceil(range.toMs / DAY_MS) * DAY_MS
  const pageMs = pageCandles(session, symbol) * DAY_MS
  for (let fromMs = Math.floor(range.fromMs / DAY_MS) * DAY_MS; fromMs < endMs; fromMs += pageMs) {
    const window = { fromMs, toMs: Math.min(fromMs + pageMs, endMs) }
    const answer = await askForCandles(session, { symbol, timeframe: '1d' }, window, signal).catch(nullIfRefused)
    const days = answer?.candles.map(({ openTimeMs }) => ({ fromMs: openTimeMs, toMs: openTimeMs + DAY_MS })) ?? []
    const doubted = answer?.unconfirmed ?? [window]
    yield* [...days, ...doubted].sort((a, b) => a.fromMs - b.fromMs)
  }
}

/** Daily candles only save time here. */
function nullIfRefused(error: unknown): null {
  if (error instanceof ExchangeError && ['EXCHANGE_REFUSED', 'BAD_ANSWER'].includes(error.code)) return null
  throw error
}
