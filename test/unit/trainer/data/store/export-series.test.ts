import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseCandleCsv } from '../../../../../sdk/candle/candle-csv.ts'
import type { MarketStore, SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { type ExportOptions, exportSeries } from '../../../../../trainer/data/store/export-series.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hour, hours, rowsOf, tableOf } from '../../../../fixtures/market-pages.ts'

let folder: string
let store: MarketStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgequant [ex]port's *"))
  store = await openParquetStore(join(folder, 'store'))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const exported = (key: SeriesKey, o: Partial<ExportOptions> = {}) =>
  exportSeries(store, key, { folder: join(folder, 'out'), format: 'csv', range: hours(0, 1000), raw: false, ...o })

describe('exportSeries', () => {
  it('gives each symbol a file of its own, whatever it is called', async () => {
    const symbols = ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USDT:USDT-240927', '币/USDT', '../../x']
    const names: string[] = []
    for (const [i, symbol] of symbols.entries()) {
      await store.write({ ...HOURLY, symbol }, { table: candles(0, 3, i), complete: null })
      const file = await exported({ ...HOURLY, symbol })
      expect(file).toMatchObject({ rows: 3, firstMs: hour(0), lastMs: hour(2) })
      const path = file?.path ?? ''
      expect(parseCandleCsv(gunzipSync(await readFile(path)).toString(), path)).toEqual(rowsOf(candles(0, 3, i)))
      names.push(basename(path))
    }
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([...names].sort())
    expect(new Set(names).size).toBe(symbols.length)
    expect(names[2]).toBe('binance_BTC%2FUSDT%3AUSDT-240927_candle_1h_2024-01-01_2024-01-01.csv.gz')
  })

  it('leaves unknown numbers empty in CSV, and null in Parquet', async () => {
    const key: SeriesKey = { ...HOURLY, kind: 'openInterest' }
    const rows = [
      { timeMs: hour(0), base: 1.5, quote: Number.NaN },
      { timeMs: hour(1), base: Number.NaN, quote: 2 },
    ]
    await store.write(key, { table: tableOf('openInterest', rows), complete: null })
    const csv = await exported(key)
    expect(gunzipSync(await readFile(csv?.path ?? '')).toString()).toBe(
      `timeMs,base,quote\n${hour(0)},1.5,\n${hour(1)},,2\n`,
    )
    const parquet = await exported(key, { format: 'parquet', raw: true })
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(parquet?.path ?? '') })).toEqual([
      { timeMs: new Date(hour(0)), base: 1.5, quote: null },
      { timeMs: new Date(hour(1)), base: null, quote: 2 },
    ])
  })

  it('writes Parquet in groups of 10,000 rows, so that a reader of some weeks need not take the whole file', async () => {
    await store.write(HOURLY, { table: candles(0, 25_000, 1), complete: null })
    const file = await exported(HOURLY, { format: 'parquet', range: hours(0, 25_000) })
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(file?.path ?? ''))
    expect(row_groups.map(group => Number(group.num_rows))).toEqual([10_000, 10_000, 5_000])
    const spans = row_groups.map(({ columns }) => columns[0].meta_data?.statistics)
    expect(spans.map(span => [span?.min_value, span?.max_value])).toEqual([
      [new Date(hour(0)), new Date(hour(9_999))],
      [new Date(hour(10_000)), new Date(hour(19_999))],
      [new Date(hour(20_000)), new Date(hour(24_999))],
    ])
  })

  it('writes nothing where there is nothing', async () => {
    await store.write(HOURLY, { table: candles(0, 3, 1), complete: null })
    expect(await exported(HOURLY, { range: hours(5, 9) })).toBeNull()
    await expect(readdir(join(folder, 'out'))).rejects.toThrow('ENOENT')
  })

  it.each(['csv', 'parquet'] as const)('names the place and the remedy where it cannot write %s', async format => {
    await store.write(HOURLY, { table: candles(0, 3, 1), complete: null })
    await writeFile(join(folder, 'out'), 'a file')
    const refused = exported(HOURLY, { format })
    await expect(refused).rejects.toMatchObject({ name: 'StoreError', code: 'WRITE_FAILED' })
    await expect(refused).rejects.toThrow(/out.* could not be written .*A file is where a folder is needed/)
  })
})
