import { formatTimeMs } from '../../../sdk/units.ts'
import { type ColumnSchema, type DataKind, KINDS, type KindSchema, type Table } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { describeSeries } from './series-path.ts'
import { StoreError } from './store-error.ts'

/** The times that a JavaScript date, and so every message, can hold. */
export const LAST_TIME_MS = 8.64e15

/**
 * Rows of a page as they are stored: checked, sorted by key, each key once, the last one.
 * @throws StoreError `BAD_PAGE`
 */
export function pageRows(key: SeriesKey, table: Table): Table {
  checkKey(key)
  checkRows(key, table)
  const order = keyOrder(key.kind, table)
  return order === null ? table : selectRows(table, order)
}

function checkKey(key: SeriesKey): void {
  for (const name of ['exchange', 'symbol'] as const) {
    if (key[name] === '' || /\p{Surrogate}/u.test(key[name])) {
      throw badPage(
        key,
        `the ${name} ${JSON.stringify(key[name])} is no name; expected ccxt's, e.g. binance, BTC/USDT.`,
        {},
      )
    }
  }
  const { hasTimeframe } = KINDS[key.kind]
  if (hasTimeframe !== (key.timeframe !== null)) {
    const expected = hasTimeframe ? 'one, e.g. 1h' : 'null'
    throw badPage(key, `the timeframe is ${key.timeframe}; a series of ${key.kind} has ${expected}.`, {})
  }
}

/**
 * Sees that rows fit the schema of their kind. Whether values are plausible is for validation to judge.
 * @throws StoreError `BAD_PAGE`
 */
export function checkRows(key: SeriesKey, table: Table): void {
  const schema: KindSchema = KINDS[key.kind]
  const refuse = (what: string, details: Record<string, unknown>): never => {
    throw badPage(key, what, details)
  }
  const names = Object.keys(schema.columns)
  const missing = names.find(name => !Object.hasOwn(table.columns, name))
  if (missing !== undefined) {
    refuse(`the page has no column "${missing}"; ${key.kind} needs ${names.join(', ')}.`, { column: missing })
  }
  const unknown = Object.keys(table.columns).find(name => !Object.hasOwn(schema.columns, name))
  if (unknown !== undefined) {
    refuse(`the page has a column "${unknown}"; ${key.kind} has ${names.join(', ')}. Leave it out.`, {
      column: unknown,
    })
  }
  for (const [name, column] of Object.entries(schema.columns)) {
    const data = table.columns[name]
    if (data.length !== table.length) {
      refuse(`the column "${name}" has ${data.length} values; the page says that it has ${table.length} rows.`, {
        column: name,
        length: data.length,
        rows: table.length,
      })
    }
    const row = firstUnfit(column, data)
    if (row < 0) continue
    const time = (table.columns[names[0]] as Float64Array)[row]
    refuse(
      `row ${row + 1} of ${table.length} (${formatTimeMs(time)}), column "${name}": ${String(data[row])} is not ${EXPECTED[column.type]}${column.optional ? ', or NaN where it is unknown' : ''}. Correct or leave out the row.`,
      { column: name, row, value: data[row] },
    )
  }
}

export const badPage = (key: SeriesKey, what: string, details: Record<string, unknown>): StoreError =>
  new StoreError('BAD_PAGE', `${describeSeries(key)}: ${what}`, { ...key, ...details })

export const isTime = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= LAST_TIME_MS

const EXPECTED = {
  time: 'a time in whole ms that a date can hold',
  number: 'a finite number',
  text: 'a text in valid Unicode',
} as const

/** First row whose value cannot be stored, or -1. */
function firstUnfit({ type, optional }: ColumnSchema, data: Float64Array | readonly string[]): number {
  if (type === 'text') {
    if (data instanceof Float64Array) return data.length > 0 ? 0 : -1
    return data.findIndex(value => typeof value !== 'string' || /\p{Surrogate}/u.test(value))
  }
  if (!(data instanceof Float64Array)) return data.length > 0 ? 0 : -1
  if (type === 'time') return data.findIndex(value => !isTime(value))
  return data.findIndex(value => !Number.isFinite(value) && !(optional && Number.isNaN(value)))
}

/** Rows by key, of those with the same key the last; null where they are so already. */
export function keyOrder(kind: DataKind, table: Table): number[] | null {
  const keys = KINDS[kind].key.map(name => table.columns[name])
  const compare = (a: number, b: number): number => {
    for (const column of keys) {
      if (column[a] < column[b]) return -1
      if (column[a] > column[b]) return 1
    }
    return 0
  }
  const rows = Array.from({ length: table.length }, (_, i) => i)
  if (rows.every(row => row === 0 || compare(row - 1, row) < 0)) return null
  rows.sort((a, b) => compare(a, b) || a - b)
  return rows.filter((row, i) => i === rows.length - 1 || compare(row, rows[i + 1]) !== 0)
}

export function selectRows(table: Table, rows: readonly number[]): Table {
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, data]) => [
      name,
      data instanceof Float64Array ? Float64Array.from(rows, row => data[row]) : rows.map(row => data[row]),
    ]),
  )
  return { length: rows.length, columns }
}
