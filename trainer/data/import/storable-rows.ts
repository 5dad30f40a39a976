import { subtractRanges, type TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { timeframeMs } from '../../../sdk/units.ts'
import { KINDS, type KindSchema, type Table, timeColumn } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import type { SeriesFinding } from '../quality/series-finding.ts'
import { selectRows } from '../store/page-rows.ts'
import { countOf } from './count-of.ts'

export interface StorableRows {
  readonly table: Table
  /** The times for which the file is the last word. */
  readonly complete: readonly TimeRange[]
  /** What was left out. */
  readonly notes: readonly string[]
}

export interface StorableRowsOptions {
  readonly nowMs: number
  /** Of these rows. */
  readonly findings: readonly SeriesFinding[]
  /** Whether the file is from who recorded it, so that what it lacks there never was. */
  readonly isArchive: boolean
}

/**
 * The rows of a file that a store takes: those with all values that must be known, and of candles those that are closed.
 *
 * An archive is the last word on the time from its first to its last row, but for rows that are left out. Of another file
 * the gaps are not, for nobody knows whether there was nothing. Snapshots of books are samples, never all there was, and
 * candles of a longer timeframe say nothing about what they are said to be.
 */
export function storableRows(key: SeriesKey, table: Table, o: StorableRowsOptions): StorableRows {
  const schema: KindSchema = KINDS[key.kind]
  const times = table.columns[timeColumn(key.kind)] as Float64Array
  const stepMs = key.timeframe === null ? 0 : timeframeMs(key.timeframe)
  const required = Object.entries(schema.columns)
    .filter(([, { type, optional }]) => type !== 'text' && !optional)
    .map(([name]) => table.columns[name])
  const isWhole = (row: number): boolean => required.every(column => Number.isFinite(column[row]))
  const isClosed = (row: number): boolean => key.kind !== 'candle' || times[row] + stepMs <= o.nowMs

  const kept: number[] = []
  const leftOut: TimeRange[] = []
  let open = 0
  for (let row = 0; row < table.length; row++) {
    if (!isWhole(row)) leftOut.push({ fromMs: times[row], toMs: times[row] + Math.max(stepMs, 1) })
    else if (!isClosed(row)) open++
    else kept.push(row)
  }
  const notes = [
    ...(leftOut.length > 0 ? [`${countOf(leftOut.length, 'row')} with missing values left out`] : []),
    ...(open > 0 ? [`${countOf(open, 'candle')} still in progress left out`] : []),
  ]
  const picked = kept.length === table.length ? table : selectRows(table, kept)
  const unknown = o.findings.filter(({ check }) => check === 'gap' && !o.isArchive).map(({ range }) => range)
  const isLastWord = key.kind !== 'book' && !o.findings.some(({ check }) => check === 'wrongTimeframe')
  const span = isLastWord ? spanOf(picked, key, stepMs) : null
  return { table: picked, complete: span === null ? [] : subtractRanges(span, [...leftOut, ...unknown]), notes }
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
