import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KINDS } from '../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hour, rowOf, rowsOf, tableOf } from '../fixtures/market-pages.ts'

const SYMBOLS = ['BTC/USDT', 'BTC/USDT:USDT', '100%/é']
const BOOK: SeriesKey = { exchange: 'bybit', symbol: 'BTC/USDT:USDT', kind: 'book', timeframe: null }

let folder: string
let store: MarketStore
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-outside-'))
  store = await openParquetStore(folder)
  for (const symbol of SYMBOLS) {
    for (let i = 0; i < 11; i++) {
      await store.write({ ...HOURLY, symbol }, { table: candles(i * 10, i * 10 + 15, i), complete: null })
    }
  }
  const book = Array.from({ length: 30 }, (_, i) => rowOf('book', hour(i), { value: i }))
  await store.write(BOOK, { table: tableOf('book', book), complete: null })
  const { lastWrite } = await store.read(HOURLY)
  await store.writeRepairs(HOURLY, { rows: candles(0, 5, 99), reasons: Array(5).fill('gap'), dropped: [] }, lastWrite)
})
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

/** DuckDB as a user has it, who knows of nothing but the folders and the column `sequence`. */
async function outside(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll(sql)
  connection.closeSync()
  instance.closeSync()
  return reader.getRowObjectsJS()
}

const files = (kind: string) =>
  `read_parquet('${folder}/exchange=*/symbol=*/kind=${kind}/timeframe=*/*.parquet', hive_partitioning = true)`

describe('a market store in the hands of other tools', () => {
  it('gives DuckDB the rows that came, by a glob over its folders and the newest sequence of each key', async () => {
    const rows = await outside(`
      SELECT symbol, exchange, timeframe, openTimeMs, open, high, low, close, volume FROM ${files('candle')}
      QUALIFY row_number() OVER (PARTITION BY exchange, symbol, timeframe, openTimeMs ORDER BY sequence DESC) = 1
      ORDER BY symbol, openTimeMs`)
    expect(rows.length).toBe(3 * 115)
    for (const symbol of SYMBOLS) {
      const raw = rowsOf(await store.read({ ...HOURLY, symbol }, { raw: true }))
      const theirs = rows
        .filter(row => row.symbol === symbol)
        .map(({ symbol: _, exchange, timeframe, openTimeMs, ...values }) => {
          expect([exchange, timeframe]).toEqual(['binance', '1h'])
          return { openTimeMs: (openTimeMs as Date).getTime(), ...values }
        })
      expect(theirs).toEqual(raw)
    }
  })

  it('has times that are UTC timestamps, and nothing where a number is unknown', async () => {
    expect(
      await outside(
        `SELECT typeof(timeMs) AS type, timeMs::VARCHAR AS text FROM ${files('book')} ORDER BY timeMs LIMIT 1`,
      ),
    ).toEqual([{ type: 'TIMESTAMP WITH TIME ZONE', text: '2024-01-01 00:00:00+00' }])
    const unknown = Object.entries(KINDS.book.columns).findIndex(([, column], i) => 'optional' in column && i % 3 === 0)
    const column = Object.keys(KINDS.book.columns)[unknown]
    expect(
      await outside(`SELECT count(*)::INT AS rows, count("${column}")::INT AS known FROM ${files('book')}`),
    ).toEqual([{ rows: 30, known: 0 }])
  })

  it('is read by hyparquet with what it brings itself', async () => {
    const names = (await readdir(folder, { recursive: true })).filter(name => /exchange=bybit.*\.parquet$/.test(name))
    const file = await asyncBufferFromFile(join(folder, names[0]))
    const rows = await parquetReadObjects({ file, columns: ['timeMs', 'midPrice', 'bidPrice3'] })
    const expected = rowsOf(await store.read(BOOK, { raw: true }))
    expect(rows).toEqual(
      expected.map(({ timeMs, midPrice, bidPrice3 }) => ({
        timeMs: new Date(timeMs as number),
        midPrice,
        bidPrice3: Number.isNaN(bidPrice3) ? null : bidPrice3,
      })),
    )
  })
})
