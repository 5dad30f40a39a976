import type { Candle } from '../candle.ts'

/** Candles by column as they came: any order, doubled, NaN where a value is missing or not a number. */
export interface CandleColumns {
  readonly length: number
  readonly openTimeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export const VALUE_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const
export const FIELDS = ['openTimeMs', ...VALUE_FIELDS] as const

/** What is not a number (`null`, a text, a row that is no object) becomes NaN, never 0. */
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

export function toColumns(candles: readonly Candle[]): CandleColumns {
  const length = candles.length
  const column = (): Float64Array => new Float64Array(length)
  const columns = {
    length,
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
  for (let i = 0; i < length; i++) {
    // JSON and exchanges give what the types forbid
    const candle = candles[i] as Candle | null | undefined
    columns.openTimeMs[i] = numberOf(candle?.openTimeMs)
    columns.open[i] = numberOf(candle?.open)
    columns.high[i] = numberOf(candle?.high)
    columns.low[i] = numberOf(candle?.low)
    columns.close[i] = numberOf(candle?.close)
    columns.volume[i] = numberOf(candle?.volume)
  }
  return columns
}

/** The last time that JavaScript has, in the year 275760: nanoseconds are beyond it. */
const MAX_TIME_MS = 8.64e15

/** A time that a row can be placed at; what is 0 or less stands for one that is missing. */
export const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value <= MAX_TIME_MS

/** The rows `rows`, in that order. */
export function pickRows(columns: CandleColumns, rows: readonly number[]): CandleColumns {
  const pick = (values: Float64Array): Float64Array => {
    const picked = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]]
    return picked
  }
  return {
    length: rows.length,
    openTimeMs: pick(columns.openTimeMs),
    open: pick(columns.open),
    high: pick(columns.high),
    low: pick(columns.low),
    close: pick(columns.close),
    volume: pick(columns.volume),
  }
}

/**
 * When each row is taken to open. A row without a time stands where its neighbours in the file put it: one candle after
 * the row before it, so that it is not reported as a gap as well.
 */
export function placeTimes({ openTimeMs }: CandleColumns, stepMs: number): Float64Array {
  const placedMs = openTimeMs.slice()
  const firstKnown = placedMs.findIndex(isTime)
  for (let i = firstKnown - 1; i >= 0; i--) placedMs[i] = placedMs[i + 1] - stepMs
  for (let i = 0; i < placedMs.length; i++) {
    if (!isTime(openTimeMs[i]) && i > Math.max(firstKnown, 0)) placedMs[i] = placedMs[i - 1] + stepMs
  }
  if (firstKnown === -1) placedMs.fill(0)
  return placedMs
}

/** Row numbers by time; rows of the same time in the order they came. */
export function orderByTime(timesMs: Float64Array): number[] {
  const rows = Array.from(timesMs.keys())
  const isOrdered = rows.every(row => row === 0 || timesMs[row] >= timesMs[row - 1])
  return isOrdered ? rows : rows.sort((a, b) => timesMs[a] - timesMs[b] || a - b)
}
