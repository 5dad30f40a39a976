import type { Candle } from '../../candle/candle.ts'
import type { TimeRange } from '../../candle/time-ranges.ts'
import { formatTimeMs } from '../../units.ts'
import type { CcxtRow } from './ccxt-client.ts'

const toCandle = (row: CcxtRow): Candle => {
  const [openTimeMs, open, high, low, close, volume] = row as readonly number[]
  return { openTimeMs, open, high, low, close, volume }
}

const isSame = (a: Candle, b: Candle): boolean =>
  a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume

const isWithin = (openTimeMs: number, { fromMs, toMs }: TimeRange): boolean => openTimeMs >= fromMs && openTimeMs < toMs

/**
 * Why rows cannot be an answer, or null. Prices that contradict each other are not looked for: they are facts about the
 * exchange, which validation judges.
 */
export function problemOfRows(rows: readonly CcxtRow[], window: TimeRange, stepMs: number): string | null {
  if (!Array.isArray(rows)) return `it has no rows: ${String(rows).slice(0, 40)}`
  const seen = new Map<number, Candle>()
  for (const row of rows) {
    const candle = toCandle(row)
    const { openTimeMs } = candle
    const wrong = Object.entries(candle).find(([, value]) => !Number.isFinite(value))
    if (wrong !== undefined) return `the candle ${formatTimeMs(openTimeMs)} has ${wrong[0]} ${wrong[1]}`
    if (openTimeMs % stepMs !== 0) return `a candle opens at ${openTimeMs}, not at a multiple of ${stepMs} ms`
    const other = seen.get(openTimeMs)
    if (other !== undefined && isWithin(openTimeMs, window) && !isSame(candle, other)) {
      return `two candles open at ${formatTimeMs(openTimeMs)}, closing at ${other.close} and ${candle.close}`
    }
    seen.set(openTimeMs, candle)
  }
  return null
}

/** Adds the rows that open within the window; a newer answer replaces an older one's. */
export function collectRows(rows: readonly CcxtRow[], window: TimeRange, candles: Map<number, Candle>): void {
  for (const candle of rows.map(toCandle)) {
    if (isWithin(candle.openTimeMs, window)) candles.set(candle.openTimeMs, candle)
  }
}

/**
 * The part of what was asked for that an answer is about. One without a row says that there are none. One with rows in it
 * may be cut short at either end, for not every exchange gives as many rows as it says: it is about its own span.
 *
 * @returns Null for rows that all come after what was asked for. That is what an exchange says which has none there, and
 *   what one says which keeps its newest rows only.
 */
export function spanOfAnswer(rows: readonly CcxtRow[], asked: TimeRange, stepMs: number): TimeRange | null {
  const times = rows.map(([openTimeMs]) => openTimeMs as number)
  const within = times.filter(time => isWithin(time, asked))
  if (within.length > 0) return { fromMs: Math.min(...within), toMs: Math.max(...within) + stepMs }
  return times.length > 0 && times.every(time => time >= asked.toMs) ? null : asked
}
