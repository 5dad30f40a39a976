import { isTime } from '../../../sdk/candle/quality/columns.ts'
import { longestAscent } from '../../../sdk/candle/quality/longest-ascent.ts'
import { formatTimeMs } from '../../../sdk/units.ts'
import { timeColumn } from '../kind.ts'
import { joinRows, makeSeriesFinding, whichRows } from './make-series-finding.ts'
import {
  groupByTime,
  isFuture,
  isOutOfRange,
  keyOf,
  numbersOf,
  type PreparedTable,
  problemOf,
  type RowProblem,
} from './prepared-table.ts'
import type { SeriesFinding } from './series-finding.ts'

const PROBLEMS: readonly RowProblem[] = ['missingValue', 'outOfRange', 'crossedBook']

/**
 * Rows that cannot be true by themselves: a required value missing or not finite; a value beyond the limits of its kind
 * (kind.ts); an order book with a bid at or above the best ask. No thresholds.
 */
export function findImpossibleTableRows(prepared: PreparedTable): SeriesFinding[] {
  const problems = prepared.order.map(row => problemOf(prepared, row))
  return PROBLEMS.flatMap(check =>
    joinRows(prepared, prepared.order, (_, position) => problems[position] === check).map(({ range, rows }) =>
      makeSeriesFinding(check, prepared, {
        range,
        rows: rows.length,
        text: `${whichRows(range.fromMs, rows.length)}: ${rows.length > 1 ? 'in the first, ' : ''}${describe(check, prepared, rows[0])}.`,
        details: { row: rows[0] },
      }),
    ),
  )
}

function describe(check: RowProblem, { table, schema, ...prepared }: PreparedTable, row: number): string {
  if (check === 'crossedBook') {
    const [bid, ask] = ['bidPrice1', 'askPrice1'].map(name => numbersOf(table, name)[row])
    return `the best bid ${bid} is not below the best ask ${ask}`
  }
  const columns = Object.entries(schema).filter(([, { type }]) => type !== 'text')
  if (check === 'missingValue') {
    const [name] =
      columns.find(([column, { optional }]) => {
        const value = numbersOf(table, column)[row]
        return !Number.isFinite(value) && !(optional && Number.isNaN(value))
      }) ?? columns[0]
    const value = numbersOf(table, name)[row]
    return Number.isNaN(value) ? `${name} is missing` : `${name} is ${value}`
  }
  const [[timeName]] = columns
  const timeMs = numbersOf(table, timeName)[row]
  if (isFuture(timeMs, prepared.nowMs)) return `${timeName} is ${timeMs}, after now (${formatTimeMs(prepared.nowMs)})`
  const [name, column] =
    columns.find(([other, limits]) => isOutOfRange(numbersOf(table, other)[row], limits)) ?? columns[0]
  const limits = [
    column.min === undefined ? '' : `${column.aboveMin ? 'above' : 'at least'} ${column.min}`,
    column.max === undefined ? '' : `at most ${column.max}`,
  ].filter(text => text !== '')
  return `${name} is ${numbersOf(table, name)[row]}; a ${prepared.key.kind}'s is ${limits.join(' and ')}`
}

/** Rows that stand after later ones: the fewest whose removal leaves the others in order. */
export function findTableOrder(prepared: PreparedTable): SeriesFinding[] {
  const { order, timesMs } = prepared
  if (order.every((row, i) => row === i)) return []
  const inFile = Array.from(timesMs.keys())
  const inOrder = new Set(longestAscent(inFile, timesMs))
  return joinRows(prepared, inFile, row => !inOrder.has(row)).map(({ range, rows }) =>
    makeSeriesFinding('timeOrder', prepared, {
      range,
      rows: rows.length,
      text: `${whichRows(range.fromMs, rows.length)}: stands after later rows.`,
      details: { row: rows[0] },
    }),
  )
}

/**
 * Rows whose key comes again: copies are `duplicateTime` and harmless, rows that contradict each other are
 * `conflictingTime`, as one of them is false. `rows` counts those that are too many.
 */
export function findTableDuplicates(prepared: PreparedTable): SeriesFinding[] {
  const { order } = prepared
  const { original, isConflict } = extraRows(prepared)
  if (original.size === 0) return []
  const originals = new Set(original.values())
  return (['conflictingTime', 'duplicateTime'] as const).flatMap(check =>
    joinRows(
      prepared,
      // between the copies of a doubled stretch stand its originals
      order.filter(row => !originals.has(row)),
      row => original.has(row) && isConflict(row) === (check === 'conflictingTime'),
    ).map(({ range, rows }) =>
      makeSeriesFinding(check, prepared, {
        range,
        rows: rows.length,
        text: `${whichRows(range.fromMs, rows.length)}: comes again with ${check === 'conflictingTime' ? 'other' : 'the same'} values.`,
        details: { row: rows[0] },
      }),
    ),
  )
}

/** Rows that are used though others with their key contradict them. */
export function contradictedRows(prepared: PreparedTable): number[] {
  const { key, table, timesMs, used } = prepared
  const { original, isConflict } = extraRows(prepared)
  const nameOf = (row: number): string => keyOf(key.kind, table, timesMs, row)
  const names = new Set([...original.keys()].filter(isConflict).map(nameOf))
  return names.size === 0 ? [] : used.filter(row => names.has(nameOf(row)))
}

/** Rows whose key has come before, with the row where it came first, and whether their values differ. */
function extraRows({ key, table, timesMs, order }: PreparedTable) {
  const original = new Map<number, number>()
  const ownTimes = numbersOf(table, timeColumn(key.kind))
  const timed = order.filter(row => isTime(ownTimes[row]))
  for (const sameTime of groupByTime(timed, timesMs)) {
    const firstOf = new Map<string, number>()
    for (const row of sameTime) {
      const name = keyOf(key.kind, table, timesMs, row)
      const first = firstOf.get(name)
      if (first === undefined) firstOf.set(name, row)
      else original.set(row, first)
    }
  }
  const isConflict = (row: number): boolean =>
    Object.values(table.columns).some(values => !Object.is(values[row], values[original.get(row) ?? row]))
  return { original, isConflict }
}
