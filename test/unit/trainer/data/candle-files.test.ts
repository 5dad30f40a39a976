import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatCandleCsv } from '../../../../sdk/candle/candle-csv.ts'
import { CandleError, ConfigError, type EdgeQuantError, SourceError } from '../../../../sdk/errors.ts'
import { type CandleFile, parseCandleFileName, writeCandleFile } from '../../../../trainer/data/candle-file.ts'
import { loadCandleFiles } from '../../../../trainer/data/load-candle-files.ts'
import { formulaCandles } from '../../../fixtures/formula-market.ts'
import { candlePath, hasMarketData } from '../../../fixtures/market-data.ts'

const candles = formulaCandles(60)
const btc: CandleFile = { exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1h', candles }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candles-'))
})
afterEach(() => rm(folder, { recursive: true }))

const failure = async (promise: Promise<unknown>): Promise<EdgeQuantError> => {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toSatisfy(e => e instanceof ConfigError || e instanceof CandleError || e instanceof SourceError)
  return error as EdgeQuantError
}

describe('parseCandleFileName', () => {
  it.each([
    ['binance_BTCUSDT_1h_2018-01-01_2025-06-30.csv.gz', { exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1h' }],
    [
      '/x/binance_perp_ETHUSDC_15m_2024-01-01_2024-02-01.csv',
      { exchange: 'binance', symbol: 'ETH/USDC:USDC', timeframe: '15m' },
    ],
    [
      'binance_coinm_BTCUSD_PERP_1h_2024-01-01_2024-02-01.csv',
      { exchange: 'binance', symbol: 'BTC/USD:BTC', timeframe: '1h' },
    ],
    ['ftx_perp_BTC-PERP_1m_2021-12-31_2022-02-01.csv.gz', { exchange: 'ftx', symbol: 'BTC/USD:USD', timeframe: '1m' }],
    ['ftx_perp_BTC-PERP_1m-barclose_2021-12-31_2022-02-01.csv.gz', null],
    ['kraken_ETHBTC_1d_2024-01-01_2024-02-01.csv', { exchange: 'kraken', symbol: 'ETH/BTC', timeframe: '1d' }],
    ['okx_ABC-XYZ_4h_2024-01-01_2024-02-01.csv', { exchange: 'okx', symbol: 'ABC/XYZ', timeframe: '4h' }],
    ['binance_BTCUSDT_2h_2018-01-01_2025-06-30.csv.gz', null],
    ['binance_perp_BTCUSDT_funding_2019-09-10_2025-06-30.csv.gz', null],
    ['notes.csv', null],
  ])('reads %s', (name, expected) => {
    expect(parseCandleFileName(name)).toEqual(expected)
  })
})

describe('writeCandleFile', () => {
  it('names the file by what is in it, and what is read back is the same', async () => {
    const path = await writeCandleFile(folder, btc)
    expect(basename(path)).toBe('binance_BTCUSDT_1h_2021-01-01_2021-01-03.csv.gz')
    expect(await loadCandleFiles(path)).toEqual([btc])
  })

  it.each(['ETH/BTC', 'ABC/XYZ', 'USDT/TRY', 'BTC/USDT:USDT', '1000PEPE/USDT:USDT', 'BTC/USD:BTC', 'ABC/XYZ:XYZ'])(
    'keeps the symbol %s',
    async symbol => {
      const [read] = await loadCandleFiles(await writeCandleFile(folder, { ...btc, symbol }))
      expect(read.symbol).toBe(symbol)
    },
  )

  it('leaves nothing beside the file', async () => {
    await writeCandleFile(folder, btc)
    await writeCandleFile(folder, btc)
    expect(await readdir(folder)).toEqual(['binance_BTCUSDT_1h_2021-01-01_2021-01-03.csv.gz'])
  })

  it('refuses a symbol that no file name can carry, and an empty file; nothing is written', async () => {
    const error = await failure(writeCandleFile(folder, { ...btc, symbol: 'btc/usdt' }))
    expect(error.code).toBe('FILE_NAME')
    expect(error.message).toContain('"btc/usdt"')
    expect((await failure(writeCandleFile(folder, { ...btc, candles: [] }))).code).toBe('EMPTY')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('loadCandleFiles', () => {
  it('reads all candle files of a folder by name, plain or gzipped, and leaves others alone', async () => {
    await writeCandleFile(folder, { ...btc, symbol: 'ETH/USDT' })
    await writeFile(join(folder, 'binance_BTCUSDT_1h_2021-01-01_2021-01-03.csv'), formatCandleCsv(candles))
    await writeFile(join(folder, 'notes.txt'), 'not candles')
    expect((await loadCandleFiles(folder)).map(file => file.symbol)).toEqual(['BTC/USDT', 'ETH/USDT'])
    expect((await loadCandleFiles(folder))[0].candles).toEqual(candles)
  })

  it('names a path that does not exist', async () => {
    const error = await failure(loadCandleFiles(join(folder, 'nowhere')))
    expect(error.code).toBe('NO_SUCH_PATH')
    expect(error.message).toContain('nowhere" (ENOENT)')
  })

  it('says how files must be named when a folder holds none, or a file is not', async () => {
    const path = join(folder, 'prices.csv')
    await writeFile(path, formatCandleCsv(candles))
    for (const where of [folder, path]) {
      const error = await failure(loadCandleFiles(where))
      expect(error.code).toBe('NO_CANDLE_FILES')
      expect(error.message).toContain('<exchange>_<SYMBOL>_<timeframe>')
    }
  })

  it('refuses two histories of one market', async () => {
    await writeCandleFile(folder, btc)
    await writeCandleFile(folder, { ...btc, candles: candles.slice(0, 10) })
    const error = await failure(loadCandleFiles(folder))
    expect(error.code).toBe('DUPLICATE_SYMBOL')
    expect(error.message).toContain('BTC/USDT 1h')
  })

  it('names a gzip file that was cut short', async () => {
    const whole = gzipSync(formatCandleCsv(candles))
    const path = join(folder, 'binance_BTCUSDT_1h_2021-01-01_2021-01-03.csv.gz')
    await writeFile(path, whole.subarray(0, whole.length - 20))
    const error = await failure(loadCandleFiles(path))
    expect(error.code).toBe('CORRUPT_GZIP')
    expect(error.message).toContain(path)
  })

  it('refuses a file that is named for candles and holds something else', async () => {
    const path = join(folder, 'binance_perp_BTCUSDT_1h_2021-01-01_2021-01-03.csv')
    await writeFile(path, 'timestamp,fundingRate\n1609459200000,0.0001\n')
    const error = await failure(loadCandleFiles(path))
    expect(error.code).toBe('CSV_HEADER')
    expect(error.message).toContain('this is edgequant funding; expected candles')
  })

  it('quotes file and line of a value that is no time', async () => {
    const path = join(folder, 'binance_BTCUSDT_1h_2021-01-01_2021-01-03.csv')
    await writeFile(path, formatCandleCsv(candles).replace('1609466400000,', '1609466400000x,'))
    const error = await failure(loadCandleFiles(path))
    expect(error.code).toBe('CSV_TIME')
    expect(error.message).toContain(`${path}, line 4, timestamp: "1609466400000x"`)
  })
})

describe.skipIf(!hasMarketData('loading recorded candle files'))('recorded files', () => {
  it('load with exchange, symbol and timeframe, to the last candle of the file', async () => {
    const [file] = await loadCandleFiles(candlePath('SOLUSDT'))
    expect(file).toMatchObject({ exchange: 'binance', symbol: 'SOL/USDT', timeframe: '1h' })
    expect(file.candles).toHaveLength(39_394)
    expect(file.candles[0]).toEqual({
      openTimeMs: 1609459200000,
      open: 1.5088,
      high: 1.5442,
      low: 1.499,
      close: 1.5442,
      volume: 56894.22,
    })
  })
})
