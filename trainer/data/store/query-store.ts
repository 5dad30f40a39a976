import { resolve } from 'node:path'
import type { DuckDBConnection, JS } from '@duckdb/node-api'
import { DATA_KINDS, type DataKind } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { asPattern, Duck, identifier, literal } from './duck.ts'
import { PartReader } from './part.ts'
import { checkedSeriesSql } from './read-series.ts'
import { type SeriesFiles, type StoreContext, withFiles } from './series-files.ts'
import { listSeries } from './series-path.ts'
import { emptySql } from './series-sql.ts'
import { StoreError } from './store-error.ts'
import { checkStoreFolder } from './store-folder.ts'

export interface QueryResult {
  readonly columns: readonly string[]
  /** Times as dates, numbers as numbers where a double holds them, null where there is nothing. */
  readonly rows: readonly (readonly JS[])[]
}

/**
 * Answers a query in DuckDB's SQL. There is a view per kind of data, named as the kind, with the columns `exchange`,
 * `symbol`, `timeframe` (null for kinds without one), those of the kind (times as TIMESTAMPTZ), and `repaired`: the rows that
 * `read` gives, each once and with repairs in their places. Nothing can be written, and no other file can be read.
 * @throws StoreError `BAD_QUERY`, `CORRUPT_PART`, `NOT_A_STORE`, `STORE_TOO_NEW`
 */
export async function queryStore(folder: string, sql: string): Promise<QueryResult> {
  const place = resolve(folder)
  await checkStoreFolder(place)
  // An instance of its own, since what locks it cannot be undone.
  const context: StoreContext = { place, duck: new Duck(), reader: new PartReader() }
  try {
    return await context.duck.connect(async connection => {
      await lock(connection, place)
      await checkQuery(connection, sql)
      const kinds = kindsIn(connection, sql)
      const keys = (await listSeries(place)).filter(({ kind }) => kinds.includes(kind))
      return await withFiles(context, keys, async files => {
        await createViews(context, connection, { keys, files })
        return await answer(connection, sql)
      })
    })
  } finally {
    await context.duck.close()
  }
}

async function lock(connection: DuckDBConnection, place: string): Promise<void> {
  // The pattern is looked up before the files that it fits.
  await connection.run(`SET allowed_directories = [${literal(place)}, ${literal(asPattern(place))}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

/**
 * Sees that a text is one query and nothing else. To be found out by parsing alone: DuckDB makes folders for some statements
 * while it prepares them.
 */
async function checkQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  const { count } = await understood(sql, () => connection.extractStatements(sql))
  if (count !== 1) throw badQuery(sql, `There are ${count} statements; expected one.`)
  try {
    await connection.extractStatements(`FROM (${withoutSemicolon(sql)}\n)`)
  } catch {
    throw badQuery(sql, 'It is not a query that selects rows, and the store is only read here.')
  }
}

const withoutSemicolon = (sql: string): string => sql.replace(/;\s*$/, '')

/** The kinds that a query asks for, so that the others need not be looked at. */
function kindsIn(connection: DuckDBConnection, sql: string): DataKind[] {
  const names = connection.getTableNames(sql, false).map(name => name.toLowerCase())
  return DATA_KINDS.filter(kind => names.includes(kind.toLowerCase()))
}

async function createViews(
  context: StoreContext,
  connection: DuckDBConnection,
  { keys, files }: { readonly keys: readonly SeriesKey[]; readonly files: readonly SeriesFiles[] },
): Promise<void> {
  for (const kind of DATA_KINDS) {
    const selects = [
      `SELECT '' AS exchange, '' AS symbol, NULL::VARCHAR AS timeframe, *, '' AS repaired FROM (${emptySql(kind)})`,
    ]
    for (const [i, key] of keys.entries()) {
      if (key.kind !== kind) continue
      const sql = await checkedSeriesSql(context, key, { files: files[i] })
      const timeframe = key.timeframe === null ? 'NULL' : literal(key.timeframe)
      selects.push(`SELECT ${literal(key.exchange)}, ${literal(key.symbol)}, ${timeframe}, * FROM (${sql})`)
    }
    await connection.run(`CREATE OR REPLACE TEMP VIEW ${identifier(kind)} AS ${selects.join(' UNION ALL ')}`)
  }
}

async function answer(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  const reader = await understood(sql, () => connection.runAndReadAll(sql))
  return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJS().map(row => row.map(plain)) }
}

/** Whole numbers of 64 bits as numbers where that loses nothing. */
const plain = (value: JS): JS =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value

async function understood<T>(sql: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw badQuery(sql, error instanceof Error ? error.message : String(error))
  }
}

const badQuery = (sql: string, cause: string): StoreError =>
  new StoreError(
    'BAD_QUERY',
    `"${sql}": ${cause}\nThe tables are ${DATA_KINDS.join(', ')}; "describe candle" shows the columns of one.`,
    { sql, cause },
  )
