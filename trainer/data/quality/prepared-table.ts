import { isTime, orderByTime } from '../../../sdk/candle/quality/columns.ts'
import { HOUR_MS, timeframeMs } from '../../../sdk/units.ts'
import { type ColumnSchema, type DataKind, KINDS, type Table, timeColumn } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'

/** What the checks of a table look at. */
export interface PreparedTable {
  readonly key: SeriesKey
  readonly table: Table
  readonly schema: Readonly<Record<string, ColumnSchema>>
  readonly nowMs: number
  /** Per row; one without a time stands where the row before it does. */
  readonly timesMs: Float64Array
  /** Every row, by time. */
  readonly order: readonly number[]
  /** Rows that are used, by time: sound ones, of several with the same key the last that came. */
  readonly used: readonly number[]
  /** Time from one row to the next that this kind usually has, see `usualInterval`; null where rows come as they come. */
  readonly intervalMs: number | null
}

export const numbersOf = (table: Table, column: string): Float64Array => table.columns[column] as Float64Array

/** What makes a row unusable by itself. */
export type RowProblem = 'missingValue' | 'outOfRange' | 'crossedBook'

export function prepareTable(key: SeriesKey, table: Table, nowMs = Date.now()): PreparedTable {
  const schema = KINDS[key.kind].columns as Readonly<Record<string, ColumnSchema>>
  const timesMs = placeRows(numbersOf(table, timeColumn(key.kind)))
  const order = orderByTime(timesMs)
  const sound = order.filter(row => problemOf({ key, table, schema, nowMs }, row) === null)
  const used = lastOfEachKey(key.kind, table, timesMs, sound)
  return { key, table, schema, nowMs, timesMs, order, used, intervalMs: usualInterval(key, used, timesMs) }
}

function placeRows(timesMs: Float64Array): Float64Array {
  const placed = timesMs.slice()
  const firstKnown = Math.max(0, placed.findIndex(isTime))
  for (let row = 0; row < placed.length; row++) {
    if (!isTime(placed[row]))
      placed[row] = row > 0 ? placed[row - 1] : isTime(timesMs[firstKnown]) ? timesMs[firstKnown] : 0
  }
  return placed
}

/** What tells rows apart, as one text. */
export function keyOf(kind: DataKind, table: Table, timesMs: Float64Array, row: number): string {
  const parts = KINDS[kind].key.map(column => (column === timeColumn(kind) ? timesMs[row] : table.columns[column][row]))
  return parts.join('\u0000')
}

/** Of rows by time, those that no later one replaces. */
function lastOfEachKey(kind: DataKind, table: Table, timesMs: Float64Array, rows: readonly number[]): number[] {
  const replaced = new Set<number>()
  for (const sameTime of groupByTime(rows, timesMs)) {
    const last = new Map<string, number>()
    for (const row of sameTime) {
      const name = keyOf(kind, table, timesMs, row)
      const before = last.get(name)
      if (before !== undefined) replaced.add(before)
      last.set(name, row)
    }
  }
  return replaced.size === 0 ? [...rows] : rows.filter(row => !replaced.has(row))
}

/** Of rows by time, those that share their time with another one. */
export function groupByTime(rows: readonly number[], timesMs: Float64Array): number[][] {
  const groups: number[][] = []
  for (let i = 0; i < rows.length; ) {
    let end = i + 1
    while (end < rows.length && timesMs[rows[end]] === timesMs[rows[i]]) end++
    if (end > i + 1) groups.push(rows.slice(i, end))
    i = end
  }
  return groups
}

/** Why a row cannot be used, or null. A crossed book is named as that, though its spread is out of range as well. */
export function problemOf(
  { key, table, schema, nowMs }: Pick<PreparedTable, 'key' | 'table' | 'schema' | 'nowMs'>,
  row: number,
): RowProblem | null {
  let outOfRange = false
  for (const name in schema) {
    const column = schema[name]
    if (column.type === 'text') continue
    const value = numbersOf(table, name)[row]
    if (column.type === 'time' ? !isTime(value) : !Number.isFinite(value)) {
      if (column.optional && Number.isNaN(value)) continue
      return 'missingValue'
    }
    if (isOutOfRange(value, column) || (column.type === 'time' && isFuture(value, nowMs))) outOfRange = true
  }
  if (key.kind === 'book' && isCrossed(table, row)) return 'crossedBook'
  return outOfRange ? 'outOfRange' : null
}

/** Clocks differ, and not by more than an hour. */
export const isFuture = (timeMs: number, nowMs: number): boolean => timeMs > nowMs + HOUR_MS

export const isOutOfRange = (value: number, { min, max, aboveMin }: ColumnSchema): boolean =>
  (min !== undefined && (value < min || (aboveMin === true && value === min))) || (max !== undefined && value > max)

/** Whether somebody bids as much as somebody else asks for: between two participants that would be a trade. */
const isCrossed = (table: Table, row: number): boolean =>
  numbersOf(table, 'spreadBps')[row] <= 0 || numbersOf(table, 'bidPrice1')[row] >= numbersOf(table, 'askPrice1')[row]

/**
 * The timeframe where the kind has one; of funding the median time between rows; null for kinds whose rows come when
 * something happens.
 */
function usualInterval(key: SeriesKey, used: readonly number[], timesMs: Float64Array): number | null {
  if (key.timeframe !== null) return timeframeMs(key.timeframe)
  if (key.kind !== 'funding' || used.length < 3) return null
  const intervals = Float64Array.from(used.slice(1), (row, i) => timesMs[row] - timesMs[used[i]]).sort()
  return intervals[intervals.length >> 1]
}
