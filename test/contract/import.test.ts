import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { formatCandleCsv } from '../../sdk/candle/candle-csv.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { toCandles } from '../../trainer/data/candle-table.ts'
import { importFile } from '../../trainer/data/import/import-file.ts'
import { type ImportFilesOptions, importFiles } from '../../trainer/data/import/import-files.ts'
import { readMarketFile } from '../../trainer/data/import/read-market-file.ts'
import { type ColumnSchema, DATA_KINDS, type DataKind, KINDS, type Table } from '../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey } from '../../trainer/data/market-store.ts'
import { parsePolicy } from '../../trainer/data/quality/parse-policy.ts'
import { validateSeries } from '../../trainer/data/quality/validate-series.ts'
import { exportSeries } from '../../trainer/data/store/export-series.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { formulaCandles } from '../fixtures/formula-market.ts'
import { hasMarketData, recordedCandles, recordedPath } from '../fixtures/market-data.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const BTC: SeriesKey = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' }
const candles = formulaCandles(100)
const startMs = candles[0].openTimeMs

let folder: string
let store: MarketStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'))
  store = await openParquetStore(join(folder, 'store'))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'files', name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}
const putCandles = (rows: readonly Candle[], name = 'binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv') =>
  put(name, formatCandleCsv(rows))
const run = (paths: readonly string[], o: Partial<ImportFilesOptions> = {}) =>
  importFiles(store, paths, { judge: {}, ...o })
const stored = async (key = BTC, raw = true) => toCandles(await store.read(key, { raw }))

/** Every file of the store with its bytes. */
async function snapshot(): Promise<Record<string, string>> {
  const entries = await readdir(store.place, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.sort().map(async file => [file, (await readFile(file)).toString('base64')])),
  )
}

describe('importing a file', () => {
  it('stores its rows, says that they are all there is of its time, and logs it', async () => {
    const path = await putCandles(candles)
    const { imported, refused, judgements } = await run([path])
    expect(refused).toEqual([])
    expect(imported).toMatchObject([{ layout: 'edgequant candles', series: [{ key: BTC, rows: 100, added: 100 }] }])
    expect(await stored()).toEqual(candles)
    expect(await store.complete(BTC)).toEqual([{ fromMs: startMs, toMs: startMs + 100 * HOUR_MS }])
    expect(judgements.map(({ key }) => key)).toEqual([BTC])
    expect((await store.readLog(BTC)).slice(0, 2)).toMatchObject([
      {
        what: 'imported',
        rows: 100,
        text: expect.stringContaining('binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv: 100 new'),
      },
      { what: 'validated', rows: 100 },
    ])
  })

  it('a second time changes nothing, to the byte', async () => {
    const path = await putCandles(candles)
    await run([path])
    const before = await snapshot()
    const { imported, judgements } = await run([path])
    expect(imported[0].series[0]).toMatchObject({ added: 0, changed: 0, same: 100 })
    expect(judgements).toEqual([])
    expect(await snapshot()).toEqual(before)
  })

  it('fills short gaps for those who read repaired rows, and keeps the file as it came for the others', async () => {
    const holed = candles.filter((_, i) => i < 40 || i >= 43)
    await run([await putCandles(holed)])
    expect(await stored()).toEqual(holed)
    const table = await store.read(BTC)
    expect(table.length).toBe(100)
    expect(table.repaired.slice(39, 44)).toEqual(['', 'gap', 'gap', 'gap', ''])
  })

  it('that overlaps what is there wins, and says of how many rows', async () => {
    await run([await putCandles(candles.slice(0, 60))])
    const revised = candles.slice(50).map((c, i) => (i < 4 ? { ...c, volume: c.volume + 1 } : c))
    const { imported } = await run([await putCandles(revised)])
    expect(imported[0].series[0]).toMatchObject({ added: 40, changed: 4, same: 6 })
    expect(await stored()).toEqual([...candles.slice(0, 50), ...revised])
    expect(await store.complete(BTC)).toEqual([{ fromMs: startMs, toMs: startMs + 100 * HOUR_MS }])
  })

  it('of several that overlap the later one wins', async () => {
    const first = await putCandles(candles, 'a/binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv')
    const louder = candles.map(c => ({ ...c, volume: c.volume * 2 }))
    const second = await putCandles(louder, 'b/binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv')
    const { imported } = await run([first, second])
    expect(imported[1].series[0]).toMatchObject({ added: 0, changed: 100 })
    expect(await stored()).toEqual(louder)
  })

  it('leaves out the candle that is still in progress, and does not claim its time', async () => {
    const nowMs = candles[99].openTimeMs + HOUR_MS / 3
    const { imported } = await run([await putCandles(candles)], { judge: { nowMs } })
    expect(imported[0].notes).toEqual(['1 candle still in progress left out'])
    expect(await stored()).toEqual(candles.slice(0, 99))
    expect(await store.complete(BTC)).toEqual([{ fromMs: startMs, toMs: candles[99].openTimeMs }])
    expect(await store.readLog(BTC)).toContainEqual(expect.objectContaining({ what: 'inProgress', action: 'repaired' }))
  })

  it('out of order and doubled is sorted; what a store cannot show any more stands in its log', async () => {
    await run([await putCandles([...candles.slice(50), ...candles.slice(0, 51)])])
    expect(await stored()).toEqual(candles)
    const found = (await store.readLog(BTC)).map(({ what }) => what)
    expect(found).toContain('timeOrder')
    expect(found).toContain('duplicateTime')
  })

  it('of several kinds becomes several series', async () => {
    const at = (minute: number) => (Date.UTC(2024, 0, 1) + minute * 60_000) * 1000
    const due = at(480)
    const ticks = [470, 476, 479.5, 481].map(m => [at(m), m < 480 ? due : at(960), m / 1e6, 100 + m])
    const path = await put(
      'binance-futures_derivative_ticker_2024-01-01_BTCUSDT.csv.gz',
      gzipSync(
        [
          'exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price',
          ...ticks.map(([t, f, rate, oi]) => `binance-futures,BTCUSDT,${t},${t},${f},${rate},,${oi},1,1,1`),
        ].join('\n'),
      ),
    )
    const { imported } = await run([path])
    expect(imported[0].series.map(({ key, rows }) => [key.symbol, key.kind, key.timeframe, rows])).toEqual([
      ['BTC/USDT:USDT', 'funding', null, 1],
      ['BTC/USDT:USDT', 'openInterest', '5m', 2],
    ])
    const [funding] = imported[0].series
    expect((await store.read(funding.key)).columns.rate).toEqual(Float64Array.of(479.5 / 1e6))
  })

  it("months of Binance's archive become one series", async () => {
    const month = (rows: readonly Candle[]) =>
      zipSync({
        'klines.csv': new TextEncoder().encode(
          rows.map(c => `${c.openTimeMs},${c.open},${c.high},${c.low},${c.close},${c.volume},0,0,0,0,0,0\n`).join(''),
        ),
      })
    const paths = [
      await put('spot/BTCUSDT-1h-2021-01.zip', month(candles.slice(0, 50))),
      await put('spot/BTCUSDT-1h-2021-02.zip', month(candles.slice(50))),
    ]
    const { judgements } = await run(paths)
    expect(judgements).toHaveLength(1)
    expect(await stored()).toEqual(candles)
  })
})

describe('what only a file shows', () => {
  const other = candles.map(c => ({ ...c, volume: c.volume + 1 }))
  const mixed = candles.flatMap((candle, i) => [candle, other[i]])
  const repair = { judge: { policy: parsePolicy('conflictingTime=repair,missingValue=repair') } }
  const reasons = async () => [...new Set((await store.read(BTC)).repaired)]

  it('two symbols in one file are refused', async () => {
    const { refused } = await run([await putCandles(mixed)])
    expect(refused).toMatchObject([{ error: { code: 'REJECTED', details: { checks: ['conflictingTime'] } } }])
    expect(refused[0].error.message).toMatch(/100 candles .* comes again with other values; first volume is/)
    expect(await stored()).toEqual([])
  })

  it('of rows that contradict each other the last stays where the policy says so, told and marked', async () => {
    const { imported, judgements } = await run([await putCandles(mixed)], repair)
    expect(imported[0].notes).toMatchObject([
      expect.stringMatching(
        /^100 rows again with other values, of which the last stays \(conflictingTime\): 100 candles/,
      ),
    ])
    expect(judgements).toHaveLength(1)
    expect(await stored()).toEqual(other)
    expect(await stored(BTC, false)).toEqual(other)
    expect(await reasons()).toEqual(['conflictingTime'])
  })

  it('stays marked when the store is validated, until newer rows come', async () => {
    await run([await putCandles(mixed)], repair)
    await validateSeries(store, BTC)
    const { findings, actions, months, rejected } = await validateSeries(store, BTC)
    expect(await reasons()).toEqual(['conflictingTime'])
    expect(findings).toMatchObject([{ check: 'conflictingTime', rows: 100, range: { fromMs: startMs } }])
    expect([actions, rejected, months.map(({ score }) => score)]).toEqual([['repaired'], [], [0]])
    await run([await putCandles(candles.slice(30))])
    expect((await store.read(BTC)).repaired.map((reason, i) => [i, reason]).filter(([, r]) => r !== '')).toEqual(
      Array.from({ length: 30 }, (_, i) => [i, 'conflictingTime']),
    )
  })

  it('a row without values that is filled is marked as that, not as a gap', async () => {
    const lines = formatCandleCsv(candles).split('\n')
    lines[8] = `${candles[7].openTimeMs},,,,,`
    await run([await put('binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv', lines.join('\n'))], repair)
    await validateSeries(store, BTC, repair.judge)
    const { repaired } = await store.read(BTC)
    expect(repaired.flatMap((reason, i) => (reason === '' ? [] : [[i, reason]]))).toEqual([[7, 'missingValue']])
    // nobody knows what was traded then, so that a fetch asks for it
    expect(await store.complete(BTC)).toEqual([
      { fromMs: startMs, toMs: candles[7].openTimeMs },
      { fromMs: candles[8].openTimeMs, toMs: startMs + 100 * HOUR_MS },
    ])
  })

  it('of a trade that comes again with another price the last stays, marked', async () => {
    const key: SeriesKey = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'trade', timeframe: null }
    const name = 'binance_spot_BTCUSDT_2024-08-08_trades.csv'
    const lines = ['timestamp,price,qty,side,trade_id', '1723161257679,61804.8,4,1,7', '1723161257679,61000,4,1,7', '']
    const path = await put(name, lines.join('\n'))
    expect((await run([path])).refused).toMatchObject([{ error: { details: { checks: ['conflictingTime'] } } }])
    await run([path], repair)
    await validateSeries(store, key)
    expect(await store.read(key)).toMatchObject({ length: 1, repaired: ['conflictingTime'] })
    expect((await store.read(key)).columns.price).toEqual(Float64Array.of(61000))
  })

  it('that its repairs are damaged in the store is mended by validating, and logged', async () => {
    await run([await putCandles(candles.filter((_, i) => i !== 50))])
    const [repairs] = Object.keys(await snapshot()).filter(name => name.includes('repairs-'))
    await writeFile(repairs, (await readFile(repairs)).subarray(0, 500))
    await expect(store.read(BTC)).rejects.toThrow(/repairs-.* is damaged.*Run trainer validate/)
    await validateSeries(store, BTC)
    expect((await store.read(BTC)).repaired[50]).toBe('gap')
    expect((await store.readLog(BTC)).filter(({ what }) => what === 'repairs')).toHaveLength(1)
  })
})

describe('the time for which a file is the last word', () => {
  const holed = candles.filter((_, i) => i < 20 || i >= 68)
  const parts = [
    { fromMs: startMs, toMs: startMs + 20 * HOUR_MS },
    { fromMs: startMs + 68 * HOUR_MS, toMs: startMs + 100 * HOUR_MS },
  ]
  const klines = (rows: readonly Candle[]) =>
    rows.map(c => `${c.openTimeMs},${c.open},${c.high},${c.low},${c.close},${c.volume},0,0,0,0,0,0\n`).join('')

  it("does not hold the gaps of a user's own file, so that a fetch fills them, in one write", async () => {
    const path = await putCandles(holed)
    const { imported } = await run([path])
    expect(await store.complete(BTC)).toEqual(parts)
    expect(imported[0].series[0].write).not.toBeNull()
    const before = await snapshot()
    await run([path])
    expect(await snapshot()).toEqual(before)
  })

  it("holds the gaps of an exchange's archive, where nothing was traded", async () => {
    await run([await put('spot/BTCUSDT-1h-2021-01.csv', klines(holed))])
    expect(await store.complete(BTC)).toEqual([{ fromMs: startMs, toMs: startMs + 100 * HOUR_MS }])
  })

  it('is none where the rows are of a longer timeframe, which is refused unless the policy says else', async () => {
    const path = await putCandles(candles.filter((_, i) => i % 4 === 0))
    const { refused } = await run([path])
    expect(refused[0].error.message).toContain('they are candles of 4h, not of 1h')
    await run([path], { judge: { policy: parsePolicy('wrongTimeframe=warn') } })
    expect([await store.complete(BTC), (await store.read(BTC)).length]).toEqual([[], 25])
  })
})

describe('what trainer data export wrote', () => {
  const times = Float64Array.from([0, 1, 2], i => startMs + i * HOUR_MS)
  /** Made up from the schema, so that a new kind is in the test as it is in the program. */
  const tableOf = (kind: DataKind): Table => ({
    length: 3,
    columns: Object.fromEntries(
      Object.entries<ColumnSchema>(KINDS[kind].columns).map(([name, { type, optional, max = 1000 }], column) => [
        name,
        type === 'time'
          ? times
          : type === 'text'
            ? ['a-1', 'b', 'ccc']
            : Float64Array.from([0.3, 0.7, optional ? Number.NaN : 0.1], value => (value * max) / (column + 1)),
      ]),
    ),
  })

  it.each(DATA_KINDS.filter(kind => kind !== 'candle'))(
    'of %s goes into another store with the same rows',
    async kind => {
      const timeframe = KINDS[kind].hasTimeframe ? '1h' : null
      const key = { exchange: 'binance', symbol: 'BTC/USDT:USDT', kind, timeframe } as const
      await store.write(key, { table: tableOf(kind), complete: null })
      const out = {
        folder: join(folder, 'out'),
        format: 'csv',
        range: { fromMs: 0, toMs: Infinity },
        raw: true,
      } as const
      const file = await exportSeries(store, key, out)
      const { series } = await readMarketFile(file!.path)
      expect(series).toEqual([{ key, table: tableOf(kind) }])
    },
  )
})

describe('a file that is refused', () => {
  const sound = () => putCandles(candles, 'binance_ETHUSDT_1h_2021-01-01_2021-01-05.csv')

  it.each<[string, string, string | Uint8Array]>([
    ['half written', 'CSV_FIELD_COUNT', formatCandleCsv(candles).slice(0, 1000)],
    ['cut in its last number', 'CSV_CUT_SHORT', formatCandleCsv(candles).slice(0, -2)],
    ['half compressed', 'CORRUPT_GZIP', gzipSync(formatCandleCsv(candles)).subarray(0, 900)],
    ['half zipped', 'CORRUPT_ZIP', zipSync({ a: new TextEncoder().encode(formatCandleCsv(candles)) }).subarray(0, 900)],
    ['of another layout', 'CSV_HEADER', 'when,what\n1,2\n'],
    [
      'with candles that cannot be',
      'REJECTED',
      formatCandleCsv(candles.map((c, i) => (i === 70 ? { ...c, high: c.low / 2 } : c))),
    ],
  ])('as it is %s leaves the store as it was, and the others go in', async (_, code, content) => {
    await run([await putCandles(candles.slice(0, 30))])
    const before = await snapshot()
    const bad = await put('binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv', content)
    const first = await run([bad])
    expect(first.refused).toMatchObject([{ path: bad, error: { code } }])
    expect(first.refused[0].error.message).toContain(bad)
    expect(await snapshot()).toEqual(before)

    const { imported, refused } = await run([bad, await sound()])
    expect(refused).toHaveLength(1)
    expect(imported).toHaveLength(1)
    expect(await stored()).toEqual(candles.slice(0, 30))
    expect(await stored({ ...BTC, symbol: 'ETH/USDT' })).toEqual(candles)
  })

  it('goes in where the policy says so; rows without values stay out', async () => {
    const path = await put(
      'binance_BTCUSDT_1h_2021-01-01_2021-01-05.csv',
      formatCandleCsv(candles).replace(
        `\n${candles[7].openTimeMs},${candles[7].open},`,
        `\n${candles[7].openTimeMs},,`,
      ),
    )
    expect((await run([path])).refused).toMatchObject([{ error: { code: 'REJECTED' } }])
    const { imported } = await run([path], { judge: { policy: parsePolicy('missingValue=repair') } })
    expect(imported[0].notes).toEqual(['1 row with missing values left out'])
    expect(await stored()).toEqual(candles.filter((_, i) => i !== 7))
  })

  it('by a stricter policy says how to change it', async () => {
    const path = await putCandles(candles.filter((_, i) => i !== 50))
    const { refused } = await run([path], { judge: { policy: parsePolicy('gap=reject') } })
    expect(refused[0].error.message).toContain('--policy gap=repair')
  })
})

it('a series that is damaged in the store is left alone, and those of other files go in', async () => {
  const path = await putCandles(candles)
  const other = await putCandles(candles, 'binance_ETHUSDT_1h_2021-01-01_2021-01-05.csv')
  await run([path])
  const [part] = Object.keys(await snapshot()).filter(name => name.endsWith('.parquet'))
  await writeFile(part, (await readFile(part)).subarray(0, 500))
  const { imported, refused } = await run([path, other])
  expect(refused).toMatchObject([{ path, error: { code: 'CORRUPT_PART' } }])
  expect(imported.map(file => file.path)).toEqual([other])
  expect(await stored({ ...BTC, symbol: 'ETH/USDT' })).toEqual(candles)
})

it('rows whose import was killed before they were judged are judged by the next one', async () => {
  const path = await putCandles(candles.filter((_, i) => i !== 50))
  await importFile(store, path, { judge: {} })
  expect((await store.read(BTC)).length).toBe(99)
  const { imported, judgements } = await run([path])
  expect(imported[0].series[0]).toMatchObject({ added: 0, changed: 0 })
  expect(judgements).toHaveLength(1)
  expect((await store.read(BTC)).length).toBe(100)
})

describe('trainer import', () => {
  const trainer = (...args: string[]): Promise<{ status: number; output: string }> =>
    new Promise(done => {
      const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), ...args]
      execFile(process.execPath, argv, { cwd: REPOSITORY }, (error, stdout, stderr) => {
        done({ status: error ? Number(error.code) : 0, output: stdout + stderr })
      })
    })

  it('tells what went in and what did not and why, and ends with 1', async () => {
    const good = await putCandles(candles)
    const bad = await put('of others/prices.csv', 'when,what\n1,2\n')
    const { status, output } = await trainer('import', dirname(good), '--store', store.place)
    expect(status).toBe(1)
    expect(output).toMatch(/BTC\/USDT 1h +100 candles, 2021-01-01 – 2021-01-05: 100 new \(edgequant candles\)/)
    expect(output).toContain(`REFUSED    ${bad}`)
    expect(output).toMatch(/SourceError CSV_HEADER\n {2}.*prices\.csv, line 1: the header is "when,what"/)
    expect(output).toMatch(/imported +1 of 2 files: 100 rows new, 0 in the place of others/)
    expect(output).toContain(`not ${bad}: CSV_HEADER`)
    expect(await stored()).toEqual(candles)
  })

  it('takes what no file tells from its flags', async () => {
    const path = await putCandles(candles, 'prices.csv')
    const flags = ['--exchange', 'okx', '--symbol', 'BTC/USDT:USDT', '--timeframe', '1h', '--format', 'edgequant']
    const { status, output } = await trainer('import', path, '--store', store.place, ...flags)
    expect(output).toMatch(/BTC\/USDT:USDT 1h +100 candles/)
    expect(status).toBe(0)
    expect(await stored({ ...BTC, exchange: 'okx', symbol: 'BTC/USDT:USDT' })).toEqual(candles)
    expect((await trainer('import', path, '--policy', 'gap=never')).output).toMatch(
      /gap=reject, gap=repair or gap=warn/,
    )
  })
})

describe.skipIf(!hasMarketData('importing recorded files into a store'))('recorded files', () => {
  it('go in to the last row, holes and all', async () => {
    await run([recordedPath('candles', 'binance_LUNAUSDT_1h')])
    expect(await stored({ ...BTC, symbol: 'LUNA/USDT' })).toEqual(recordedCandles('LUNAUSDT'))
  })

  it('stamped at the close are refused until one says so', async () => {
    const path = recordedPath('perp', 'ftx_perp_BTC-PERP_1m-barclose')
    const { refused } = await run([path])
    expect(refused).toMatchObject([{ error: { code: 'REJECTED' } }])
    expect(refused[0].error.message).toContain('--stamp close')

    await run([path], { stamp: 'close' })
    const key = { ...BTC, exchange: 'ftx', symbol: 'BTC/USD:USD', timeframe: '1m' } as const
    const lines = gunzipSync(await readFile(path))
      .toString()
      .trim()
      .split('\n')
    const rows = await stored(key)
    expect(rows).toHaveLength(lines.length - 1)
    expect(rows[0].openTimeMs).toBe(Number(lines[1].split(',')[0]) - 60_000)
  })
})
