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
 * The part of what was asked for that an answer is about. One without a row in it says that there are none. Any other may
 * be cut short at either end, for not every exchange gives as many rows as it says: it is about its own span.
 */
export function spanOfAnswer(rows: readonly CcxtRow[], asked: TimeRange, stepMs: number): TimeRange {
  const times = rows.map(([openTimeMs]) => openTimeMs as number).filter(time => isWithin(time, asked))
  return times.length === 0 ? asked : { fromMs: Math.min(...times), toMs: Math.max(...times) + stepMs }
}
