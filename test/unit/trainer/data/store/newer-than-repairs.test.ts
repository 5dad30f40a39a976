import { copyFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toCandles } from '../../../../../trainer/data/candle-table.ts'
import type { Table } from '../../../../../trainer/data/kind.ts'
import { loadCandleFiles } from '../../../../../trainer/data/load-candle-files.ts'
import type { MarketStore, Repairs } from '../../../../../trainer/data/market-store.ts'
import { exportSeries } from '../../../../../trainer/data/store/export-series.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { queryStore } from '../../../../../trainer/data/store/query-store.ts'
import { candles, HOURLY, hour, hours } from '../../../../fixtures/market-pages.ts'

let folder: string
let place: string
let store: MarketStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-repairs-'))
  place = join(folder, 'store')
  store = await openParquetStore(place)
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const write = (table: Table) => store.write(HOURLY, { table, complete: null })

const gapsFilled = (rows: Table, dropped: number[] = []): Repairs => ({
  rows,
  reasons: Array.from({ length: rows.length }, () => 'gap'),
  dropped: dropped.map(h => ({ timeMs: hour(h), reason: 'rangeOutlier' })),
})

/** Each row's value, and why it was repaired. */
async function values(): Promise<string[]> {
  const table = await store.read(HOURLY)
  return toCandles(table).map(({ open }, i) => `${Math.floor(open)}${table.repaired[i]}`)
}

describe('rows that are newer than repairs', () => {
  it('win, whether repairs made up a candle, changed one or left one out; the other repairs stay', async () => {
    const written = await write(candles(0, 4, 1))
    await store.writeRepairs(HOURLY, gapsFilled(candles(3, 7, 9), [0]), written)
    expect(await values()).toEqual(['1', '1', '9gap', '9gap', '9gap', '9gap'])

    await write(candles(4, 6, 2))
    expect(await values()).toEqual(['1', '1', '9gap', '2', '2', '9gap'])
    expect(await store.list()).toMatchObject([{ rows: 6, repairs: 3 }])

    await write(candles(0, 4, 3))
    expect(await values()).toEqual(['3', '3', '3', '3', '2', '2', '9gap'])
    expect(await store.list()).toMatchObject([{ rows: 6, repairs: 1 }])
  })

  it('win in queries and exported files as well', async () => {
    const written = await write(candles(0, 4, 1))
    await store.writeRepairs(HOURLY, gapsFilled(candles(3, 7, 9), [0]), written)
    await write(candles(4, 6, 2))
    await write(candles(0, 1, 3))
    const expected = [3, 1, 1, 9, 2, 2, 9].map((value, i) => toCandles(candles(i, i + 1, value))[0])

    const { rows } = await queryStore(place, 'select openTimeMs, open, repaired from candle order by openTimeMs')
    const reasons = ['', '', '', 'gap', '', '', 'gap']
    expect(rows).toEqual(expected.map(({ openTimeMs, open }, i) => [new Date(openTimeMs), open, reasons[i]]))
    const out = join(folder, 'out')
    await exportSeries(store, HOURLY, { folder: out, format: 'csv', range: hours(0, 9), raw: false })
    expect((await loadCandleFiles(out))[0].candles).toEqual(expected)
  })

  it('are those as well that were written after the rows were judged and before the repairs', async () => {
    await write(candles(0, 3, 1))
    const judged = await store.read(HOURLY, { raw: true })
    await write(candles(2, 6, 2))
    await store.writeRepairs(HOURLY, gapsFilled(candles(1, 5, 9)), judged.lastWrite)
    expect(await values()).toEqual(['1', '9gap', '2', '2', '2', '2'])
  })

  it('are those as well that take the place of a part that somebody deleted, as a damaged one must be', async () => {
    for (let round = 0; round < 8; round++) {
      await rm(place, { recursive: true, force: true })
      store = await openParquetStore(place)
      await write(candles(0, 4, 1))
      const written = await write(candles(4, 6, 2))
      await store.writeRepairs(HOURLY, gapsFilled(candles(4, 5, 9)), written)
      const parts = (await readdir(place, { recursive: true })).filter(name => basename(name).startsWith('part-'))
      await rm(join(place, parts.sort()[1]))
      await write(candles(4, 6, 3))
      expect(await values()).toEqual(['1', '1', '1', '1', '3', '3'])
      await store.close()
    }
  })
})

describe('the number of a write', () => {
  it('is higher than that of writes which overtake it on its way to the disk, so that repairs of theirs yield to it', async () => {
    let number = await write(candles(0, 3, 1))
    const [other] = (await readdir(place, { recursive: true })).filter(name => basename(name).startsWith('part-'))
    const rows = candles(3, 6, 2)
    const overtaken = {
      length: rows.length,
      /** Whenever it is looked at, a write of another process ends, with the number that follows all others. */
      get columns() {
        number += 65_536
        copyFileSync(join(place, other), join(place, other.replace(/\d{16}/, String(number).padStart(16, '0'))))
        return rows.columns
      },
    }
    const written = await write(overtaken)
    expect(number).toBeGreaterThan(10 * 65_536)
    expect(written).toBeGreaterThan(number)
    expect((await store.read(HOURLY)).lastWrite).toBe(written)
    await store.writeRepairs(HOURLY, gapsFilled(candles(2, 7, 9)), number)
    expect(await values()).toEqual(['1', '1', '9gap', '2', '2', '2', '9gap'])
  })

  it('is 0 for a page that says nothing', async () => {
    expect(await write(candles(0, 0, 1))).toBe(0)
    expect((await store.read(HOURLY)).lastWrite).toBe(0)
  })
})
