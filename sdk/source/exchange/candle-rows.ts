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

/** Adds the rows that open within the window. Returns how many of them were not known. */
export function collectRows(rows: readonly CcxtRow[], window: TimeRange, candles: Map<number, Candle>): number {
  const before = candles.size
  for (const candle of rows.map(toCandle)) {
    if (isWithin(candle.openTimeMs, window)) candles.set(candle.openTimeMs, candle)
  }
  return candles.size - before
}

/** From the first to the last candle that is missing, or null where none is. */
export function missingSpan(candles: ReadonlyMap<number, Candle>, window: TimeRange, stepMs: number): TimeRange | null {
  let { fromMs, toMs } = window
  while (fromMs < toMs && candles.has(fromMs)) fromMs += stepMs
  while (toMs > fromMs && candles.has(toMs - stepMs)) toMs -= stepMs
  return fromMs < toMs ? { fromMs, toMs } : null
}
