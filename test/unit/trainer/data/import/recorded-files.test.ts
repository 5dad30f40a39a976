import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../../../../trainer/data/import/read-market-file.ts'
import { hasMarketData, recordedCandles, recordedPath, recordedTrades } from '../../../../fixtures/market-data.ts'
import { failureOf, rowsOf } from './market-file.ts'

const read = (folder: string, start: string) => readMarketFile(recordedPath(folder, start))

describe.skipIf(!hasMarketData('importing recorded files'))('recorded files', () => {
  it('of candles give the rows that the other reader of our own files gives', async () => {
    const file = await read('candles', 'binance_LUNAUSDT_1h')
    expect(file.series[0].key).toEqual({ exchange: 'binance', symbol: 'LUNA/USDT', kind: 'candle', timeframe: '1h' })
    expect(rowsOf(file, 'candle')).toEqual(recordedCandles('LUNAUSDT'))
  })

  it('of a perpetual, with a note after the timeframe', async () => {
    const file = await read('perp', 'ftx_perp_BTC-PERP_1m-barclose')
    expect(file.series[0].key).toEqual({ exchange: 'ftx', symbol: 'BTC/USD:USD', kind: 'candle', timeframe: '1m' })
    expect(file.series[0].table.length).toBe(45_031)
    expect(rowsOf(file, 'candle')[0]).toEqual({
      openTimeMs: 1640991660000,
      open: 46319,
      high: 46385,
      low: 46319,
      close: 46377,
      volume: 2300413.7295,
    })
  })

  it('of funding rates', async () => {
    const file = await read('funding', 'binance_perp_BTCUSDT_funding')
    expect(file.series[0].key.symbol).toBe('BTC/USDT:USDT')
    const rows = rowsOf(file, 'funding')
    expect(rows).toHaveLength(6362)
    expect(rows.at(-1)).toEqual({ timeMs: 1751299200000, rate: 0.00004923 })
  })

  it('of trades', async () => {
    const file = await read('trades', 'binance_spot_BTCUSDT_2024-08-08')
    const rows = rowsOf(file, 'trade')
    expect(rows.map(({ id }) => id)).toEqual(recordedTrades('spot', 'BTCUSDT').map(trade => String(trade.id)))
    expect(rows[0]).toEqual({ timeMs: 1723161255342, id: '3735683259', price: 61837.63, quantity: 0.02, side: -1 })
  })

  it('as Tardis gives them: trades, books, quotes', async () => {
    const trades = rowsOf(await read('orderbook', 'sample_tardis_bitmex_trades'), 'trade')
    expect(trades).toHaveLength(10)
    expect(trades[0]).toMatchObject({ timeMs: 1583020803145, price: 8531.5, quantity: 2152 / 8531.5, side: -1 })

    const [five] = rowsOf(await read('orderbook', 'sample_tardis_binance-futures_book_snapshot_5'), 'book')
    const [many] = rowsOf(await read('orderbook', 'sample_tardis_binance-futures_book_snapshot_25'), 'book')
    expect(five).toMatchObject({ timeMs: 1598918403696, askPrice1: 11657.08, askQuantity1: 1.714, bidPrice5: 11655.68 })
    expect(five.bidPrice6).toBeNaN()
    expect(many).toMatchObject({ bidPrice1: 11657.07, bidQuantity1: 10.896, askPrice10: 11658.29 })
    expect(many.midPrice).toBeCloseTo(11657.075, 9)
    expect(many.spreadBps).toBeCloseTo((0.01 / 11657.075) * 10_000, 9)

    const [quote] = rowsOf(await read('orderbook', 'sample_tardis_huobi-dm-swap_quotes'), 'book')
    expect(quote).toMatchObject({ timeMs: 1588291201099, bidPrice1: 8629.2, bidQuantity1: 80600 / 8629.2 })
  })

  it.each([
    ['orderbook', 'sample_tardis_deribit_incremental', 'UNSUPPORTED_LAYOUT'],
    ['orderbook', 'binance_spot_btcusdt_20240808_ws.raw', 'CSV_HEADER'],
    ['orderbook', 'bybit_XRPUSDT_ob500', 'CSV_HEADER'],
    ['orderbook', 'sample_binance_btcusdt-depth-snap', 'CSV_HEADER'],
    ['funding', 'binance_perp_BTCUSDT_mark', 'CSV_HEADER'],
    ['benchmarks', 'ETTh1', 'CSV_HEADER'],
    ['macro', 'BTC_1d', 'CSV_HEADER'],
  ])('in %s that begin with %s are refused with %s', async (folder, start, code) => {
    expect((await failureOf(read(folder, start))).code).toBe(code)
  })
})
