import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeComplete } from '../../../../trainer/command/data-list.ts'
import { loadCandleFiles } from '../../../../trainer/data/load-candle-files.ts'
import { openParquetStore } from '../../../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hour, hours, rowsOf, tableOf } from '../../../fixtures/market-pages.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')
const PERPETUAL = { ...HOURLY, symbol: 'BTC/USDT:USDT' }
const TRADES = { ...HOURLY, kind: 'trade', timeframe: null } as const

let folder: string
let place: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-data-'))
  place = join(folder, 'store')
  const store = await openParquetStore(place)
  const written = await store.write(HOURLY, { table: candles(0, 30, 1), complete: hours(0, 30) })
  await store.writeRepairs(HOURLY, { rows: candles(3, 4, 9), reasons: ['rangeOutlier'], dropped: [] }, written)
  await store.write(PERPETUAL, { table: candles(0, 5, 2), complete: hours(0, 2) })
  const trades = ['x,1', '"y"'].map((id, i) => ({ timeMs: hour(i), id, price: 1.5, quantity: 0.1, side: -1 }))
  await store.write(TRADES, { table: tableOf('trade', trades), complete: null })
  await store.appendLog([
    {
      atMs: hour(99),
      key: HOURLY,
      what: 'rangeOutlier',
      severity: 'warning',
      range: hours(3, 4),
      rows: 1,
      text: 'Odd.',
      action: 'repaired',
    },
  ])
  await store.close()
})
afterAll(() => rm(folder, { recursive: true }))

/** `trainer data`, as a user starts it. */
function data(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), 'data', ...args]
  return new Promise(done => {
    execFile(process.execPath, argv, { cwd: REPOSITORY }, (error, out, err) => {
      done({ status: error ? Number(error.code) : 0, out, err })
    })
  })
}

describe('trainer data list', { timeout: 60_000 }, () => {
  it('shows each series with its rows, period, what is missing, size and repairs', async () => {
    const { status, out } = await data('list', '--store', place)
    expect(status).toBe(0)
    const lines = out.split('\n').map(line => line.trim().split(/ {2,}/))
    expect(lines[0]).toEqual([
      'exchange',
      'symbol',
      'kind',
      'timeframe',
      'rows',
      'first',
      'last',
      'size',
      'repairs',
      'fetched',
    ])
    const [btc, trades, perpetual] = lines.slice(2)
    expect(btc).toEqual([
      'binance',
      'BTC/USDT',
      'candle',
      '1h',
      '30',
      '2024-01-01 00:00',
      '2024-01-02 05:00',
      btc[7],
      '1',
      'all',
    ])
    expect(btc[7]).toMatch(/^[\d,]+ B$/)
    expect(trades.slice(2, 5)).toEqual(['trade', '–', '2'])
    expect(trades.at(-1)).toBe('nothing for good')
    expect(perpetual.at(-1)).toBe('not since 2024-01-01 02:00')
    expect(out).toContain('37 rows in 3 series')
  })

  it('prints JSON of the series that are asked for', async () => {
    const { out } = await data('list', '--store', place, '--json', '-s', 'BTC/USDT', '-k', 'candle')
    expect(JSON.parse(out)).toMatchObject([
      { key: HOURLY, rows: 30, complete: [hours(0, 30)], repairs: 1, damaged: [] },
    ])
  })

  it('says what to do where nothing is stored, and what there is where something else is asked for', async () => {
    const none = await data('list', '--store', join(folder, 'none'))
    expect(none).toMatchObject({ status: 0 })
    expect(none.out).toMatch(/is empty[\s\S]*trainer fetch[\s\S]*trainer import/)
    const other = await data('list', '--store', place, '-s', 'BTC/USDT,XRP/USDT')
    expect(other.status).toBe(1)
    expect(other.err).toMatch(/StoreError NO_SUCH_SERIES[\s\S]*has nothing of "XRP\/USDT"[\s\S]*binance BTC\/USDT:USDT/)
  })

  it('names damaged files, and ends with status 1', async () => {
    const copy = join(folder, 'damaged')
    const store = await openParquetStore(copy)
    await store.write(HOURLY, { table: candles(0, 3, 1), complete: null })
    await store.close()
    const [name] = (await readdir(copy, { recursive: true })).filter(file => file.endsWith('.parquet'))
    await writeFile(join(copy, name), 'garbage')
    const { status, out } = await data('list', '--store', copy)
    expect(status).toBe(1)
    expect(out).toMatch(/^binance +BTC\/USDT +candle +1h +0 .* nothing for good; 1 file is damaged$/m)
    expect(out).toMatch(/Damaged files.*delete them and fetch or import again/)
    expect(out).toContain(join(copy, name))
  })
})

describe('describeComplete', () => {
  const series = { key: HOURLY, rows: 1, firstMs: hour(0), lastMs: hour(99), bytes: 1, repairs: 0, damaged: [] }
  it.each([
    [[hours(0, 100)], 'all'],
    [[hours(-50, 200)], 'all'],
    [[hours(0, 99)], 'not since 2024-01-05 03:00'],
    [[hours(0, 10), hours(20, 100)], 'without 10 h from 2024-01-01 10:00'],
    [[hours(5, 10), hours(20, 90)], 'without 15 h in 2 pieces from 2024-01-01 00:00, not since 2024-01-04 18:00'],
    [[], 'nothing for good'],
  ])('says of %j: %s', (complete, words) => {
    expect(describeComplete({ ...series, complete })).toBe(words)
  })

  it('says of a series without rows for how long it is known to have none', () => {
    expect(describeComplete({ ...series, firstMs: null, lastMs: null, complete: [hours(0, 240)] })).toBe(
      '10 days from 2024-01-01 00:00, empty',
    )
  })
})

describe('trainer data export', { timeout: 60_000 }, () => {
  it('writes candles that are read back the same, repaired unless raw', async () => {
    const out = join(folder, 'csv')
    expect(await data('export', '--store', place, '-o', out, '-k', 'candle')).toMatchObject({ status: 0 })
    const [perpetual, spot] = (await loadCandleFiles(out)).sort((a, b) => (a.symbol > b.symbol ? -1 : 1))
    expect(spot).toEqual({
      exchange: 'binance',
      symbol: 'BTC/USDT',
      timeframe: '1h',
      candles: [...rowsOf(candles(0, 3, 1)), ...rowsOf(candles(3, 4, 9)), ...rowsOf(candles(4, 30, 1))],
    })
    expect(perpetual).toMatchObject({ symbol: 'BTC/USDT:USDT', candles: rowsOf(candles(0, 5, 2)) })

    const raw = join(folder, 'raw')
    await data(
      'export',
      '--store',
      place,
      '-o',
      raw,
      '-s',
      'BTC/USDT',
      '-k',
      'candle',
      '--raw',
      '--from',
      '2024-01-01T02:00',
      '--to',
      '2024-01-02',
    )
    expect((await loadCandleFiles(raw))[0].candles).toEqual(rowsOf(candles(2, 24, 1)))
  })

  it('writes other kinds with their columns', async () => {
    const out = join(folder, 'trades')
    await data('export', '--store', place, '-o', out, '-k', 'trade')
    expect(await readdir(out)).toEqual(['binance_BTCUSDT_trade_2024-01-01_2024-01-01.csv.gz'])
    const text = gunzipSync(await readFile(join(out, 'binance_BTCUSDT_trade_2024-01-01_2024-01-01.csv.gz'))).toString()
    expect(text).toBe(`timeMs,id,price,quantity,side\n${hour(0)},"x,1",1.5,0.1,-1\n${hour(1)},"""y""",1.5,0.1,-1\n`)
  })

  it('writes Parquet that hyparquet reads, with what was repaired', async () => {
    const out = join(folder, 'parquet')
    const { status } = await data(
      'export',
      '--store',
      place,
      '-o',
      out,
      '--format',
      'parquet',
      '-s',
      'BTC/USDT',
      '-k',
      'candle',
    )
    expect(status).toBe(0)
    const [name] = await readdir(out)
    expect(name).toBe('binance_BTCUSDT_candle_1h_2024-01-01_2024-01-02.parquet')
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(out, name)) })
    expect(rows).toHaveLength(30)
    const [row] = rowsOf(candles(3, 4, 9))
    expect(rows[3]).toEqual({ ...row, openTimeMs: new Date(hour(3)), repaired: 'rangeOutlier' })
  })

  it('refuses a day that is none', async () => {
    const { status, err } = await data('export', '--store', place, '-o', folder, '--from', '2024-02-31')
    expect(status).toBe(1)
    expect(err).toContain('Expected a time in UTC, e.g. 2024-01-31')
  })
})

describe('trainer data query and log', { timeout: 60_000 }, () => {
  const SQL = 'select symbol, count(*) as rows, min(openTimeMs) as since from candle group by all order by symbol'

  it('print a table with figures to the right, JSON and CSV', async () => {
    const { out } = await data('query', SQL, '--store', place)
    expect(out.split('\n').slice(0, 4)).toEqual([
      'symbol         rows  since',
      '─────────────  ────  ────────────────────',
      'BTC/USDT         30  2024-01-01T00:00:00Z',
      'BTC/USDT:USDT     5  2024-01-01T00:00:00Z',
    ])
    expect(JSON.parse((await data('query', SQL, '--store', place, '--json')).out)[1]).toEqual({
      symbol: 'BTC/USDT:USDT',
      rows: 5,
      since: '2024-01-01T00:00:00.000Z',
    })
    expect((await data('query', SQL, '--store', place, '--csv')).out.split('\n')[0]).toBe('symbol,rows,since')
  })

  it('print what was done to the data', async () => {
    const { out } = await data('log', '--store', place, '-s', 'BTC/USDT')
    expect(out).toMatch(
      /2024-01-05T03:00:00Z +warning +repaired +binance BTC\/USDT candle 1h +rangeOutlier +1 +2024-01-01T03:00:00Z +2024-01-01T04:00:00Z +Odd\./,
    )
  })
})
