import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { type DataKind, KINDS, type KindSchema, timeColumn } from '../kind.ts'
import { asPattern, identifier, literal } from './duck.ts'
import { LAST_TIME_MS } from './page-rows.ts'
import { type Part, SEQUENCE } from './part.ts'
import { DROPPED, REASON } from './repair-file.ts'
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

/** Rows of a series as they are used: as stored, with repairs in their places, and `repaired`, the reason or ''. */
export function seriesSql(
  kind: DataKind,
  { parts, repairs, range }: { parts: readonly Part[]; repairs: StoredFile | null; range: TimeRange | null },
): string {
  const names = Object.keys(KINDS[kind].columns)
  const columns = names.map(identifier).join(', ')
  const stored = parts.length === 0 ? emptySql(kind) : storedRowsSql(kind, parts, range)
  if (repairs === null) return `SELECT ${columns}, '' AS repaired FROM (${stored})`
  const time = identifier(timeColumn(kind))
  const same = KINDS[kind].key.map(name => `stored.${identifier(name)} = overlay.${identifier(name)}`).join(' AND ')
  const within = range === null ? '' : ` AND ${withinSql(kind, range)}`
  return `SELECT ${columns}, '' AS repaired FROM (${stored}) AS stored
      WHERE NOT EXISTS (SELECT 1 FROM ${parquetSql([repairs])} AS overlay WHERE NOT ${DROPPED} AND ${same})
        AND NOT EXISTS (SELECT 1 FROM ${parquetSql([repairs])} AS overlay WHERE ${DROPPED} AND stored.${time} = overlay.${time})
    UNION ALL
    SELECT ${columns}, ${REASON} AS repaired FROM ${parquetSql([repairs])} WHERE NOT ${DROPPED}${within}`
}

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
