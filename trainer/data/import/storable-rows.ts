import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { timeframeMs } from '../../../sdk/units.ts'
import { KINDS, type KindSchema, type Table, timeColumn } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { selectRows } from '../store/page-rows.ts'
import { countOf } from './count-of.ts'

export interface StorableRows {
  readonly table: Table
  /** The times for which the file is the last word; null where it cannot be for any. */
  readonly complete: TimeRange | null
  /** What was left out. */
  readonly notes: readonly string[]
}

/**
 * The rows of a file that a store takes: those with all values that must be known, and of candles those that are closed.
 * A file is the last word on the time from its first to its last row; snapshots of books are samples, never all there was.
 */
export function storableRows(key: SeriesKey, table: Table, nowMs: number): StorableRows {
  const schema: KindSchema = KINDS[key.kind]
  const times = table.columns[timeColumn(key.kind)] as Float64Array
  const stepMs = key.timeframe === null ? 0 : timeframeMs(key.timeframe)
  const required = Object.entries(schema.columns)
    .filter(([, { type, optional }]) => type !== 'text' && !optional)
    .map(([name]) => table.columns[name])
  const isWhole = (row: number): boolean => required.every(column => Number.isFinite(column[row]))
  const isClosed = (row: number): boolean => key.kind !== 'candle' || times[row] + stepMs <= nowMs

  const kept: number[] = []
  let [missing, open] = [0, 0]
  for (let row = 0; row < table.length; row++) {
    if (!isWhole(row)) missing++
    else if (!isClosed(row)) open++
    else kept.push(row)
  }
  const notes = [
    ...(missing > 0 ? [`${countOf(missing, 'row')} with missing values left out`] : []),
    ...(open > 0 ? [`${countOf(open, 'candle')} still in progress left out`] : []),
  ]
  const picked = kept.length === table.length ? table : selectRows(table, kept)
  return { table: picked, complete: key.kind === 'book' ? null : spanOf(picked, key, stepMs), notes }
}

/** A row with a timeframe stands for the time until the next; of trades there may be more at the last one's time. */
function spanOf({ length, columns }: Table, { kind }: SeriesKey, stepMs: number): TimeRange | null {
  if (length === 0) return null
  const times = columns[timeColumn(kind)] as Float64Array
  const isOnePerTime = KINDS[kind].key.length === 1
  const fromMs = times.reduce((least, timeMs) => Math.min(least, timeMs))
  const lastMs = times.reduce((most, timeMs) => Math.max(most, timeMs))
  const toMs = lastMs + (stepMs > 0 ? stepMs : isOnePerTime ? 1 : 0)
  return toMs > fromMs ? { fromMs, toMs } : null
}
