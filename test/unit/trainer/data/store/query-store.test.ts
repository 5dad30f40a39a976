import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { queryStore } from '../../../../../trainer/data/store/query-store.ts'
import { candles, HOURLY, hour, rowOf, tableOf } from '../../../../fixtures/market-pages.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant [que]ry *'))
  const store = await openParquetStore(join(folder, 'store'))
  await store.write(HOURLY, { table: candles(0, 10, 1), complete: null })
  const written = await store.write(HOURLY, { table: candles(5, 12, 2), complete: null })
  const repairs = { rows: candles(11, 13, 9), reasons: ['gap', 'gap'], dropped: [{ timeMs: hour(0), reason: 'x' }] }
  await store.writeRepairs(HOURLY, repairs, written)
  await store.write({ ...HOURLY, symbol: "it's" }, { table: candles(0, 1, 3), complete: null })
  const funding = { ...HOURLY, kind: 'funding', timeframe: null } as const
  await store.write(funding, { table: tableOf('funding', [rowOf('funding', hour(8), { value: 0 })]), complete: null })
  await store.close()
  await writeFile(join(folder, 'secret.csv'), 'a\n1\n')
})
afterAll(() => rm(folder, { recursive: true }))

const query = (sql: string) => queryStore(join(folder, 'store'), sql)

describe('queryStore', () => {
  it('sees each row once, repaired, with the names of its series', async () => {
    const { columns, rows } = await query(
      'select symbol, timeframe, repaired, count(*) n, sum(floor(open)) total from candle group by all order by symbol, repaired',
    )
    expect(columns).toEqual(['symbol', 'timeframe', 'repaired', 'n', 'total'])
    // BTC: hours 1–4 are 1, 5–10 are 2, 11 and 12 are repaired to 9; hour 0 is left out
    expect(rows).toEqual([
      ['BTC/USDT', '1h', '', 10, 16],
      ['BTC/USDT', '1h', 'gap', 2, 18],
      ["it's", '1h', '', 1, 3],
    ])
  })

  it('has times as timestamps in UTC, and null for a timeframe that a kind does not have', async () => {
    const { rows } = await query(
      "select timeMs, timeframe from funding where timeMs >= '2024-01-01' and timeMs < '2024-01-02';",
    )
    expect(rows).toEqual([[new Date('2024-01-01T08:00:00Z'), null]])
    expect((await query("select count(*) from funding where timeMs < '2024-01-01'")).rows).toEqual([[0]])
  })

  it('has a view for each kind, be there rows or not, and describes it', async () => {
    expect((await query('from trade')).rows).toEqual([])
    expect((await query('describe OpenInterest')).rows.map(row => row[0])).toEqual([
      'exchange',
      'symbol',
      'timeframe',
      'timeMs',
      'base',
      'quote',
      'repaired',
    ])
    expect((await queryStore(join(folder, 'none'), 'select count(*) from book')).rows).toEqual([[0]])
  })

  it.each([
    ['what is no SQL', 'selec 1', 'syntax error at or near "selec"'],
    ['a table that is not there', 'from prices', 'Table with name prices does not exist'],
    ['two statements', 'select 1; select 2', 'There are 2 statements'],
    ['a statement that hides behind a bracket', "select 1) ; copy candle to 'x.csv'; from (select 1", 'rror'],
    ['a statement that writes a file', "copy candle to 'x.csv'", 'the store is only read here'],
    ['a statement that makes a folder', "export database 'x'", 'the store is only read here'],
    ['a setting', 'set enable_external_access = true', 'the store is only read here'],
    ['an extension', 'install httpfs', 'the store is only read here'],
    ['another database', "attach 'x.db'", 'the store is only read here'],
    ['a table', 'create table x as from candle', 'the store is only read here'],
  ])('refuses %s', async (_name, sql, words) => {
    const error = query(sql)
    await expect(error).rejects.toMatchObject({ name: 'StoreError', code: 'BAD_QUERY' })
    await expect(error).rejects.toThrow(words)
    await expect(error).rejects.toThrow('The tables are candle, funding')
    expect((await readdir(join(folder, 'store'))).sort()).toEqual(['exchange=binance', 'repairs', 'store.json'])
  })

  it('reads no file but those of the store', async () => {
    const error = query(`from read_csv('${join(folder, 'secret.csv')}')`)
    await expect(error).rejects.toMatchObject({ code: 'BAD_QUERY' })
    await expect(error).rejects.toThrow('Permission Error')
  })
})
