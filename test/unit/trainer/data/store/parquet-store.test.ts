import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATA_KINDS, type DataKind, KINDS, type Table } from '../../../../../trainer/data/kind.ts'
import type { LogEntry, MarketStore, Repairs, SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { StoreError } from '../../../../../trainer/data/store/store-error.ts'
import { candles, HOURLY, hour, hours, rowOf, rowsOf, tableOf } from '../../../../fixtures/market-pages.ts'

let folder: string
let store: MarketStore
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'edgequant-store-')), 'store')
  store = await openParquetStore(folder)
})
afterEach(async () => {
  await store.close()
  await rm(join(folder, '..'), { recursive: true })
})

const keyOf = (kind: DataKind, symbol = 'BTC/USDT'): SeriesKey => ({
  exchange: 'binance',
  symbol,
  kind,
  timeframe: KINDS[kind].hasTimeframe ? '1h' : null,
})

const failure = async (promise: Promise<unknown>): Promise<StoreError> => {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(StoreError)
  return error as StoreError
}

describe('an empty store', () => {
  it('has nothing of anything, and opening and reading it writes nothing', async () => {
    const table = await store.read(HOURLY)
    expect(table.length).toBe(0)
    expect(table.columns.close).toEqual(new Float64Array(0))
    expect(await store.complete(HOURLY)).toEqual([])
    expect(await store.list()).toEqual([])
    expect(await store.readLog()).toEqual([])
    await expect(readdir(folder)).rejects.toThrow('ENOENT')
  })
})

describe('what is written', () => {
  it.each(DATA_KINDS)('is read back the same by another opener: %s', async kind => {
    const rows = Array.from({ length: 300 }, (_, i) => rowOf(kind, hour(i), { value: 0.1 + i, id: `é"${i}` }))
    await store.write(keyOf(kind), { table: tableOf(kind, rows), complete: hours(0, 300) })
    const other = await openParquetStore(folder)
    const read = await other.read(keyOf(kind))
    await other.close()
    const { key } = KINDS[kind]
    expect(key[0]).toMatch(/[tT]imeMs$/)
    expect(rowsOf(read)).toEqual(rows)
    expect(read.repaired).toEqual(rows.map(() => ''))
  })

  it.each([
    'BTC/USDT:USDT',
    '1000PEPE/USDT:USDT',
    '100%',
    'a=b*?[x]~',
    "it's",
    '币/USDT',
    '..',
    'BTC/USDT:USDT-240927-60000-C',
    'x y',
  ])('lies under the symbol %s, apart from others', async symbol => {
    const key = { ...HOURLY, symbol }
    await store.write(key, { table: candles(0, 3, 7), complete: hours(0, 3) })
    await store.write(HOURLY, { table: candles(0, 1, 8), complete: null })
    expect(await store.read(key)).toMatchObject({ length: 3, columns: candles(0, 3, 7).columns })
    expect((await store.list()).map(series => series.key)).toEqual(
      [HOURLY, key].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    )
  })

  it('keeps extreme values to the last bit', async () => {
    const values = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, -0, 123_456_789.000_000_01]
    const rows = values.map((value, i) => ({ timeMs: hour(i), rate: value }))
    await store.write(keyOf('funding'), { table: tableOf('funding', rows), complete: null })
    expect([...((await store.read(keyOf('funding'))).columns.rate as Float64Array)]).toEqual(values)
  })

  it('may come in any order; of rows with the same key the last counts', async () => {
    const rows = [2, 0, 1, 2, 0].map((h, i) => rowOf('candle', hour(h), { value: i }))
    await store.write(HOURLY, { table: tableOf('candle', rows), complete: null })
    expect(rowsOf(await store.read(HOURLY))).toEqual([rows[4], rows[2], rows[3]])
  })

  it('tells trades of the same time apart by their id', async () => {
    const rows = ['b', 'a', 'c'].map((id, i) => rowOf('trade', hour(0), { value: i, id }))
    await store.write(keyOf('trade'), { table: tableOf('trade', rows.slice(0, 2)), complete: null })
    await store.write(keyOf('trade'), { table: tableOf('trade', rows.slice(2)), complete: null })
    expect((await store.read(keyOf('trade'))).columns.id).toEqual(['a', 'b', 'c'])
  })

  it('takes the place of earlier rows of the same key, and of no others', async () => {
    await store.write(HOURLY, { table: candles(0, 10, 1), complete: hours(0, 9) })
    await store.write(HOURLY, { table: candles(9, 12, 2), complete: null })
    const { columns } = await store.read(HOURLY)
    expect([...(columns.openTimeMs as Float64Array)]).toEqual(Array.from({ length: 12 }, (_, i) => hour(i)))
    expect([...(columns.open as Float64Array)].map(Math.floor)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2])
  })

  it('is in the order of the calls, though nobody waits for them', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.write(HOURLY, { table: candles(0, 2, i), complete: null })),
    )
    expect((await store.read(HOURLY)).columns).toEqual(candles(0, 2, 19).columns)
  })

  it('is read in stretches, the end not included', async () => {
    await store.write(HOURLY, { table: candles(0, 10, 1), complete: null })
    await store.write(HOURLY, { table: candles(5, 20, 2), complete: null })
    const { length, columns } = await store.read(HOURLY, { range: hours(4, 7) })
    expect(length).toBe(3)
    expect([...(columns.open as Float64Array)].map(Math.floor)).toEqual([1, 2, 2])
    expect((await store.read(HOURLY, { range: hours(30, 40) })).length).toBe(0)
    expect((await store.read(HOURLY, { range: { fromMs: -Infinity, toMs: Infinity } })).length).toBe(20)
  })

  it('ends up in few files, however many pages it came in', async () => {
    for (let i = 0; i < 40; i++) await store.write(HOURLY, { table: candles(i, i + 1, i), complete: hours(i, i + 1) })
    const names = await readdir(join(folder, 'exchange=binance', 'symbol=BTC%2FUSDT', 'kind=candle', 'timeframe=1h'))
    expect(names.length).toBeLessThan(8)
    expect((await store.read(HOURLY)).length).toBe(40)
    expect(await store.complete(HOURLY)).toEqual([hours(0, 40)])
  })
})

describe('complete ranges', () => {
  it('are joined, and stand without rows where a source has none', async () => {
    await store.write(HOURLY, { table: candles(0, 2, 1), complete: hours(0, 2) })
    await store.write(HOURLY, { table: candles(0, 0, 1), complete: hours(2, 5) })
    await store.write(HOURLY, { table: candles(9, 10, 1), complete: hours(9, 10) })
    expect(await store.complete(HOURLY)).toEqual([hours(0, 5), hours(9, 10)])
    expect(await store.complete({ ...HOURLY, symbol: 'ETH/USDT' })).toEqual([])
  })

  it('survive in a series that has no row at all', async () => {
    for (let i = 0; i < 20; i++) await store.write(HOURLY, { table: candles(0, 0, 1), complete: hours(i, i + 1) })
    expect(await store.complete(HOURLY)).toEqual([hours(0, 20)])
    expect(await store.list()).toMatchObject([{ rows: 0, firstMs: null, lastMs: null, complete: [hours(0, 20)] }])
    expect((await store.read(HOURLY)).length).toBe(0)
  })
})

describe('list', () => {
  it('counts each row once, and sorts by exchange, symbol, kind and timeframe', async () => {
    const keys = [
      { ...HOURLY, exchange: 'bybit' },
      { ...HOURLY, timeframe: '1d' },
      HOURLY,
      keyOf('funding'),
      { ...HOURLY, timeframe: '5m' },
    ] as const
    for (const key of keys) {
      const table = key.kind === 'funding' ? tableOf('funding', [{ timeMs: hour(3), rate: 0 }]) : candles(0, 5, 1)
      await store.write(key, { table, complete: hours(0, 5) })
    }
    await store.write(HOURLY, { table: candles(3, 8, 2), complete: null })
    const list = await store.list()
    expect(list.map(({ key }) => `${key.exchange} ${key.kind} ${key.timeframe}`)).toEqual([
      'binance candle 5m',
      'binance candle 1h',
      'binance candle 1d',
      'binance funding null',
      'bybit candle 1h',
    ])
    expect(list[1]).toMatchObject({
      rows: 8,
      firstMs: hour(0),
      lastMs: hour(7),
      complete: [hours(0, 5)],
      repairs: 0,
      damaged: [],
    })
    expect(list[1].bytes).toBeGreaterThan(500)
  })
})

describe('repairs', () => {
  const repair = async (table: Table, reason: string, dropped: number[] = []) => {
    const { lastWrite } = await store.read(HOURLY)
    const repairs: Repairs = {
      rows: table,
      reasons: Array.from({ length: table.length }, () => reason),
      dropped: dropped.map(h => ({ timeMs: hour(h), reason: 'duplicateTime' })),
    }
    await store.writeRepairs(HOURLY, repairs, lastWrite)
  }
  const firstValues = async (raw = false) => {
    const { columns, repaired } = await store.read(HOURLY, { raw })
    return [...(columns.open as Float64Array)].map((value, i) => `${Math.floor(value)}${repaired[i]}`)
  }

  beforeEach(() => store.write(HOURLY, { table: candles(0, 4, 1), complete: hours(0, 6) }))

  it('replace, add and leave out rows, and say why; the rows themselves stay', async () => {
    await repair(candles(3, 6, 9), 'gap', [0])
    expect(await firstValues()).toEqual(['1', '1', '9gap', '9gap', '9gap'])
    expect(await firstValues(true)).toEqual(['1', '1', '1', '1'])
    expect(await store.list()).toMatchObject([{ rows: 4, repairs: 4, complete: [hours(0, 6)] }])
  })

  it('are replaced as a whole, by none if so', async () => {
    await repair(candles(0, 1, 9), 'gap', [2])
    await repair(candles(1, 2, 8), 'rangeOutlier')
    expect(await firstValues()).toEqual(['1', '8rangeOutlier', '1', '1'])
    await repair(candles(0, 0, 0), '')
    expect(await firstValues()).toEqual(['1', '1', '1', '1'])
    expect(await store.list()).toMatchObject([{ repairs: 0 }])
  })

  it('keep to the range that is read', async () => {
    await repair(candles(1, 6, 9), 'gap', [0])
    expect((await store.read(HOURLY, { range: hours(0, 3) })).length).toBe(2)
    expect((await store.read(HOURLY, { range: hours(3, 5) })).repaired).toEqual(['gap', 'gap'])
  })

  it('find their trade by time and id, in any order', async () => {
    const key = keyOf('trade')
    const rows = ['a', 'b', 'c'].map(id => rowOf('trade', hour(0), { value: 1, id }))
    const written = await store.write(key, { table: tableOf('trade', rows), complete: null })
    const mended = [rowOf('trade', hour(0), { value: 5, id: 'c' }), rowOf('trade', hour(0), { value: 4, id: 'b' })]
    await store.writeRepairs(key, { rows: tableOf('trade', mended), reasons: ['five', 'four'], dropped: [] }, written)
    expect(await store.read(key)).toMatchObject({ length: 3, repaired: ['', 'four', 'five'] })
  })

  it('are refused where nothing is stored, or where a reason is missing', async () => {
    const none = { rows: candles(0, 1, 1), reasons: ['x'], dropped: [] }
    const error = await failure(store.writeRepairs({ ...HOURLY, symbol: 'ETH/USDT' }, none, 0))
    expect(error.code).toBe('NO_SUCH_SERIES')
    expect(error.message).toContain('binance ETH/USDT candle 1h')
    expect(await failure(store.writeRepairs(HOURLY, { ...none, reasons: [] }, 0))).toMatchObject({ code: 'BAD_PAGE' })
  })
})

describe('the log', () => {
  const entry = (atMs: number, symbol: string): LogEntry => ({
    atMs,
    key: { ...HOURLY, symbol },
    what: 'gap',
    severity: 'warning',
    range: hours(0, 1),
    rows: 1,
    text: 'One candle is missing.\n"quoted"',
    action: 'noted',
  })

  it('keeps entries of all series, oldest first, and those of one', async () => {
    await store.appendLog([entry(3, 'A/B'), entry(1, 'C/D')])
    await store.appendLog([entry(2, 'A/B'), entry(3, 'C/D')])
    await store.appendLog([])
    const other = await openParquetStore(folder)
    expect(await other.readLog()).toEqual([entry(1, 'C/D'), entry(2, 'A/B'), entry(3, 'A/B'), entry(3, 'C/D')])
    expect(await other.readLog({ ...HOURLY, symbol: 'A/B' })).toEqual([entry(2, 'A/B'), entry(3, 'A/B')])
    await other.close()
  })
})

describe('a page that does not fit its kind', () => {
  const good = candles(0, 3, 1)
  const withColumn = (name: string, data: unknown): Table =>
    ({ length: 3, columns: { ...good.columns, [name]: data } }) as Table
  const { open: _, ...withoutOpen } = good.columns

  it.each<[string, Table, string]>([
    ['misses a column', { length: 3, columns: withoutOpen }, 'no column "open"'],
    ['has another column', withColumn('bid', new Float64Array(3)), 'a column "bid"'],
    ['has a short column', withColumn('low', new Float64Array(2)), '"low" has 2 values'],
    [
      'has NaN in a required column',
      withColumn('low', Float64Array.of(1, Number.NaN, 1)),
      'row 2 of 3 (2024-01-01T01:00:00Z), column "low": NaN',
    ],
    ['has an infinite number', withColumn('high', Float64Array.of(1, 1, Number.POSITIVE_INFINITY)), 'row 3 of 3'],
    [
      'has a time that is none',
      withColumn('openTimeMs', Float64Array.of(1, Number.NaN, 2)),
      'column "openTimeMs": NaN',
    ],
    ['has a time between milliseconds', withColumn('openTimeMs', Float64Array.of(1, 1.5, 2)), '1.5 is not a time'],
    ['has texts for numbers', withColumn('close', ['1', '2', '3']), 'column "close": 1'],
  ])('is refused with its place and value when it %s', async (_name, table, words) => {
    const error = await failure(store.write(HOURLY, { table, complete: null }))
    expect(error.code).toBe('BAD_PAGE')
    expect(error.message).toContain('binance BTC/USDT candle 1h')
    expect(error.message).toContain(words)
    await expect(readdir(folder)).rejects.toThrow('ENOENT')
  })

  it('is refused for a key that is none', async () => {
    const page = { table: good, complete: null }
    expect(await failure(store.write({ ...HOURLY, symbol: '' }, page))).toMatchObject({ code: 'BAD_PAGE' })
    expect(await failure(store.write({ ...HOURLY, symbol: '\ud800' }, page))).toMatchObject({ code: 'BAD_PAGE' })
    expect(await failure(store.write({ ...HOURLY, timeframe: null }, page))).toMatchObject({ code: 'BAD_PAGE' })
    expect(
      await failure(store.write({ ...HOURLY }, { ...page, complete: { fromMs: 0, toMs: Infinity } })),
    ).toMatchObject({
      code: 'BAD_PAGE',
    })
  })

  it('is stored when its values are merely implausible, for validation to judge', async () => {
    await store.write(HOURLY, { table: withColumn('low', Float64Array.of(-5, 0, 1e9)), complete: null })
    expect([...((await store.read(HOURLY)).columns.low as Float64Array)]).toEqual([-5, 0, 1e9])
  })
})
