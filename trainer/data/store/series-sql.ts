import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { type DataKind, KINDS, type KindSchema, timeColumn } from '../kind.ts'
import { asPattern, identifier, literal } from './duck.ts'
import { LAST_TIME_MS } from './page-rows.ts'
import { type Part, SEQUENCE } from './part.ts'
import { DROPPED, REASON, type RepairPart } from './repair-file.ts'
import type { StoredFile } from './stored-file.ts'

/**
 * Rows of a series as SQL: the kind's columns, times as TIMESTAMPTZ, and the write each row comes from; each key once, in
 * no order.
 */
export function storedRowsSql(kind: DataKind, parts: readonly Part[], range: TimeRange | null): string {
  const { key }: KindSchema = KINDS[kind]
  const columns = [...Object.keys(KINDS[kind].columns), SEQUENCE].map(identifier).join(', ')
  const within = range === null ? '' : ` WHERE ${withinSql(kind, range)}`
  const rows = `SELECT ${columns} FROM ${parquetSql(parts)}${within}`
  if (!overlap(parts)) return rows
  // The range is part of the key, so it can be asked for before the newest are chosen.
  const partition = key.map(identifier).join(', ')
  return `${rows} QUALIFY row_number() OVER (PARTITION BY ${partition} ORDER BY ${SEQUENCE} DESC) = 1`
}

/**
 * Rows of a series as they are used: as stored, with repairs in their places, and `repaired`, the reason or ''. A stored row
 * that is newer than the repairs stays, and what they have for its key is left out.
 */
export function seriesSql(
  kind: DataKind,
  { parts, repairs, range }: { parts: readonly Part[]; repairs: RepairPart | null; range: TimeRange | null },
): string {
  const names = Object.keys(KINDS[kind].columns)
  const columns = names.map(identifier).join(', ')
  const stored = parts.length === 0 ? emptySql(kind) : storedRowsSql(kind, parts, range)
  if (repairs === null) return `SELECT ${columns}, '' AS repaired FROM (${stored})`
  const older = newerParts(parts, repairs).length > 0 ? ` AND stored.${SEQUENCE} <= ${repairs.lastWrite}` : ''
  const within = range === null ? '' : ` AND ${withinSql(kind, range)}`
  return `SELECT ${columns}, '' AS repaired FROM (${stored}) AS stored
      WHERE NOT EXISTS (SELECT 1 FROM ${parquetSql([repairs])} AS overlay WHERE NOT ${DROPPED} AND ${same(KINDS[kind].key)}${older})
        AND NOT EXISTS (SELECT 1 FROM ${parquetSql([repairs])} AS overlay WHERE ${DROPPED} AND ${same([timeColumn(kind)])}${older})
    UNION ALL
    SELECT ${columns}, ${REASON} AS repaired FROM ${parquetSql([repairs])} AS overlay
      WHERE NOT ${DROPPED}${within} AND ${holdsSql(KINDS[kind].key, { parts, repairs })}`
}

/** How many repairs have not yielded to a newer row. */
export function countRepairsSql(kind: DataKind, o: { parts: readonly Part[]; repairs: RepairPart }): string {
  const count = (which: string, columns: readonly string[]) =>
    `(SELECT count(*) FROM ${parquetSql([o.repairs])} AS overlay WHERE ${which} AND ${holdsSql(columns, o)})`
  return `SELECT ${count(`NOT ${DROPPED}`, KINDS[kind].key)} + ${count(DROPPED, [timeColumn(kind)])}`
}

/** Parts with rows that are newer than repairs. */
export const newerParts = (parts: readonly Part[], { lastWrite }: RepairPart): readonly Part[] =>
  parts.filter(part => part.sequence > lastWrite)

/** Whether no row that is newer than the repairs has the values of `overlay` in these columns. */
function holdsSql(
  columns: readonly string[],
  { parts, repairs }: { parts: readonly Part[]; repairs: RepairPart },
): string {
  const newer = newerParts(parts, repairs)
  if (newer.length === 0) return 'true'
  return `NOT EXISTS (SELECT 1 FROM ${parquetSql(newer)} AS stored WHERE stored.${SEQUENCE} > ${repairs.lastWrite} AND ${same(columns)})`
}

const same = (columns: readonly string[]): string =>
  columns.map(name => `stored.${identifier(name)} = overlay.${identifier(name)}`).join(' AND ')

const SQL_TYPES = { time: 'TIMESTAMPTZ', number: 'DOUBLE', text: 'VARCHAR' } as const

/** No rows, with the columns that there would be. */
export function emptySql(kind: DataKind): string {
  const columns = Object.entries((KINDS[kind] as KindSchema).columns)
  return `SELECT ${columns.map(([name, { type }]) => `NULL::${SQL_TYPES[type]} AS ${identifier(name)}`).join(', ')} WHERE false`
}

/** Whether rows of one part may have the same key as rows of another. */
export function overlap(parts: readonly Part[]): boolean {
  const spans = parts.flatMap(({ firstMs, lastMs }) =>
    firstMs === null || lastMs === null ? [] : [{ firstMs, lastMs }],
  )
  spans.sort((a, b) => a.firstMs - b.firstMs)
  let endMs = Number.NEGATIVE_INFINITY
  for (const { firstMs, lastMs } of spans) {
    if (firstMs <= endMs) return true
    endMs = lastMs
  }
  return false
}

const parquetSql = (files: readonly StoredFile[]): string =>
  `read_parquet([${files.map(file => literal(asPattern(file.path))).join(', ')}], hive_partitioning = false)`

function withinSql(kind: DataKind, { fromMs, toMs }: TimeRange): string {
  const time = identifier(timeColumn(kind))
  return `${time} >= ${timeSql(fromMs)} AND ${time} < ${timeSql(toMs)}`
}

/** A constant, so that whole row groups are skipped by their statistics. */
const timeSql = (timeMs: number): string =>
  `epoch_ms(${Math.ceil(Math.min(Math.max(timeMs, -LAST_TIME_MS), LAST_TIME_MS + 1))}::BIGINT)::TIMESTAMPTZ`
