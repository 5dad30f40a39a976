import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../../../../trainer/data/import/read-market-file.ts'
import { readLinesAs, rowsOf, writeMarketFile } from './market-file.ts'

const keyOf = (exchange: string, symbol: string, kind: string, timeframe: string | null) => ({
  exchange,
  symbol,
  kind,
  timeframe,
})

describe('files of our own', () => {
  it('are candles of a spot market', async () => {
    const file = await readLinesAs('binance_BTCUSDT_1h_2018-01-01_2025-06-30.csv', [
      'timestamp,open,high,low,close,volume',
      '1514764800000,13715.65,13715.65,13400.01,13529.01,443.356199',
      '1514768400000,13528.99,13595.89,13155.38,13203.06,383.697006',
    ])
    expect(file).toMatchObject({ format: 'edgequant', layout: 'edgequant candles', notes: [] })
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT', 'candle', '1h'))
    expect(rowsOf(file, 'candle')).toEqual([
      { openTimeMs: 1514764800000, open: 13715.65, high: 13715.65, low: 13400.01, close: 13529.01, volume: 443.356199 },
      { openTimeMs: 1514768400000, open: 13528.99, high: 13595.89, low: 13155.38, close: 13203.06, volume: 383.697006 },
    ])
  })

  it('keep a missing value as unknown, never as 0', async () => {
    const file = await readLinesAs('binance_BTCUSDT_1h_2018-01-01_2025-06-30.csv', [
      'timestamp,open,high,low,close,volume',
      '1514764800000,1,2,,1,null',
    ])
    expect(rowsOf(file, 'candle')[0]).toMatchObject({ low: Number.NaN, volume: Number.NaN })
  })

  it.each([
    ['binance_perp_BTCUSDT_1m_2025-05-04_2025-06-03.csv', keyOf('binance', 'BTC/USDT:USDT', 'candle', '1m')],
    ['ftx_perp_BTC-PERP_1m-barclose_2021-12-31_2022-02-01.csv', keyOf('ftx', 'BTC/USD:USD', 'candle', '1m')],
    ['binance_coinm_BTCUSD_PERP_1h_2024-01-01_2024-02-01.csv', keyOf('binance', 'BTC/USD:BTC', 'candle', '1h')],
  ])('%s is a perpetual', async (name, key) => {
    const file = await readLinesAs(name, ['timestamp,open,high,low,close,volume', '1640991660000,1,1,1,1,1'])
    expect(file.series[0].key).toEqual(key)
  })

  it('stamped at the close, they are moved back by one candle', async () => {
    const name = 'ftx_perp_BTC-PERP_1m-barclose_2021-12-31_2022-02-01.csv'
    const lines = ['timestamp,open,high,low,close,volume', '1640991660000,1,1,1,1,1']
    const file = await readLinesAs(name, lines, { stamp: 'close' })
    expect(rowsOf(file, 'candle')[0].openTimeMs).toBe(1640991600000)
  })

  it('are funding rates', async () => {
    const file = await readLinesAs('binance_perp_LTCUSDT_funding_2020-01-09_2025-06-30.csv', [
      'timestamp,fundingRate',
      '1578556800000,-0.00012',
    ])
    expect(file.series[0].key).toEqual(keyOf('binance', 'LTC/USDT:USDT', 'funding', null))
    expect(rowsOf(file, 'funding')).toEqual([{ timeMs: 1578556800000, rate: -0.00012 }])
  })

  it('are trades; those of coin-margined contracts in base currency', async () => {
    const lines = ['timestamp,price,qty,side,trade_id', '1723161257679,61804.8,4,-1,849714402']
    const file = await readLinesAs('binance_coinm_BTCUSD_PERP_2024-08-08_trades.csv', lines)
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USD:BTC', 'trade', null))
    // four contracts of 100 USD
    expect(rowsOf(file, 'trade')).toEqual([
      { timeMs: 1723161257679, id: '849714402', price: 61804.8, quantity: 400 / 61804.8, side: -1 },
    ])
    const aggregated = ['timestamp,price,qty,side,agg_trade_id', '1729209603958,0.7097,19.0,1,171927517']
    const perp = await readLinesAs('binance_perp_APEUSDT_aggTrades_2024-10-18.csv', aggregated)
    expect(perp.series[0].key.symbol).toBe('APE/USDT:USDT')
    expect(rowsOf(perp, 'trade')[0]).toMatchObject({ id: '171927517', quantity: 19 })
  })
})

describe("files of Binance's archive", () => {
  const kline =
    '1704067200000,42314.0,42535.0,42289.6,42532.5,3617.988,1704070799999,153434120.1,40021,1900.1,80590000.2,0'

  it('are klines, zipped, without a header, in microseconds since 2025', async () => {
    const spot =
      '1735689600000000,93576.0,94509.42,93489.03,94401.14,755.9901,1735693199999999,71055001.3,90211,400.1,37611111.1,0\n'
    const path = await writeMarketFile(
      'data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2025-01.zip',
      zipSync({ 'BTCUSDT-1h-2025-01.csv': new TextEncoder().encode(spot) }),
    )
    const file = await readMarketFile(path)
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT', 'candle', '1h'))
    expect(rowsOf(file, 'candle')).toEqual([
      {
        openTimeMs: Date.UTC(2025, 0, 1),
        open: 93576,
        high: 94509.42,
        low: 93489.03,
        close: 94401.14,
        volume: 755.9901,
      },
    ])
  })

  it('are klines with a header; spot or perpetual is asked for where no folder tells', async () => {
    const lines = [
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore',
      kline,
    ]
    const file = await readLinesAs('BTCUSDT-1h-2024-01.csv', lines, { settlement: 'linear' })
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'candle', '1h'))
    expect(rowsOf(file, 'candle')[0]).toMatchObject({ openTimeMs: 1704067200000, volume: 3617.988 })
    await expect(readLinesAs('BTCUSDT-1h-2024-01.csv', lines)).rejects.toMatchObject({
      code: 'MISSING_FACT',
      message: expect.stringMatching(/it has "BTCUSDT".*--market spot or --market perpetual/),
    })
  })

  it('are trades, whose taker sells where the buyer was the maker', async () => {
    const perp = await readLinesAs('BTCUSDT-aggTrades-2024-01-01.csv', [
      'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker',
      '2031846113,42313.9,0.009,4406911013,4406911013,1704067200054,true',
    ])
    expect(perp.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'trade', null))
    expect(rowsOf(perp, 'trade')).toEqual([
      { timeMs: 1704067200054, id: '2031846113', price: 42313.9, quantity: 0.009, side: -1 },
    ])
    const spot = await readLinesAs('PEPEUSDT-trades-2025-02-01.csv', [
      '51175358,0.00000908,3591711.00,32.61,1738368000123456,False,True',
    ])
    expect(spot.series[0].key).toEqual(keyOf('binance', 'PEPE/USDT', 'trade', null))
    expect(rowsOf(spot, 'trade')).toEqual([
      { timeMs: 1738368000123, id: '51175358', price: 0.00000908, quantity: 3591711, side: 1 },
    ])
  })

  it('are funding rates, open interest and best quotes of perpetuals', async () => {
    const funding = await readLinesAs('ETHUSDT-fundingRate-2024-01.csv', [
      'calc_time,funding_interval_hours,last_funding_rate',
      '1704067200001,8,0.00037409',
    ])
    expect(funding.series[0].key).toEqual(keyOf('binance', 'ETH/USDT:USDT', 'funding', null))
    expect(rowsOf(funding, 'funding')).toEqual([{ timeMs: 1704067200001, rate: 0.00037409 }])

    const metrics = await readLinesAs('BTCUSDT-metrics-2021-01-01.csv', [
      'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio',
      '2021-01-01 00:05:00,BTCUSDT,34653.577,1003456789.5,1.5,1.2,1.6,',
    ])
    expect(metrics.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'openInterest', '5m'))
    expect(rowsOf(metrics, 'openInterest')).toEqual([
      { timeMs: Date.UTC(2021, 0, 1, 0, 5), base: 34653.577, quote: 1003456789.5 },
    ])

    const quotes = await readLinesAs('BTCUSDT-bookTicker-2024-01-01.csv', [
      'update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time',
      '1,99.0,3,101.0,1,1704067200003,1704067200009',
    ])
    expect(quotes.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'book', null))
    expect(rowsOf(quotes, 'book')[0]).toMatchObject({
      midPrice: 100,
      spreadBps: 200,
      imbalance: 0.5,
      bidPrice2: Number.NaN,
    })
  })

  it.each([
    [
      'data/futures/um/daily/bookDepth/BTCUSDT/BTCUSDT-bookDepth-2024-01-01.csv',
      'timestamp,percentage,depth,notional',
      'no prices',
    ],
    ['data/futures/um/monthly/markPriceKlines/BTCUSDT/1h/BTCUSDT-1h-2024-01.csv', kline, 'never traded'],
    ['data/futures/cm/monthly/klines/BTCUSD_PERP/1h/BTCUSD_PERP-1h-2024-01.csv', kline, 'COIN-M'],
    ['BTCUSDT_240628-1h-2024-01.csv', kline, 'dated contract'],
  ])('%s is refused, and the error says why', async (name, line, why) => {
    await expect(readLinesAs(name, [line])).rejects.toMatchObject({
      code: 'UNSUPPORTED_LAYOUT',
      message: expect.stringContaining(why),
    })
  })
})

describe('files of Tardis', () => {
  it('are trades, in microseconds; contracts of 1 USD become base currency', async () => {
    const file = await readLinesAs('bitmex_trades_2020-03-01_XBTUSD.csv', [
      'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
      'bitmex,XBTUSD,1583020803145000,1583020803307160,ccc3c1fa-212c-e8b0-1706-9b9c4f3d5ecf,sell,8531.5,2152',
    ])
    expect(file.series[0].key).toEqual(keyOf('bitmex', 'BTC/USD:BTC', 'trade', null))
    expect(rowsOf(file, 'trade')).toEqual([
      {
        timeMs: 1583020803145,
        id: 'ccc3c1fa-212c-e8b0-1706-9b9c4f3d5ecf',
        price: 8531.5,
        quantity: 2152 / 8531.5,
        side: -1,
      },
    ])
  })

  it('without trade ids get one each, the same at every reading', async () => {
    const lines = [
      'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
      'binance-futures,BTCUSDT,1583020803145000,1583020803307160,,buy,10,1',
      'binance-futures,BTCUSDT,1583020803145900,1583020803307160,,buy,10,1',
      'binance-futures,BTCUSDT,1583020803146000,1583020803307160,,unknown,10,1',
    ]
    const rows = rowsOf(await readLinesAs('binance-futures_trades_2020-03-01_BTCUSDT.csv', lines), 'trade')
    expect(rows.map(row => row.id)).toEqual(['1583020803145-0', '1583020803145-1', '1583020803146-0'])
    expect(rows.map(row => row.side)).toEqual([1, 1, 0])
  })

  it('are liquidations where the name says so, and the name must say it', async () => {
    const lines = [
      'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
      'binance-futures,BTCUSDT,1630454400003000,1630454400010000,,buy,47000.5,0.014',
    ]
    const file = await readLinesAs('binance-futures_liquidations_2021-09-01_BTCUSDT.csv', lines)
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'liquidation', null))
    expect(rowsOf(file, 'liquidation')[0]).toMatchObject({ side: 1, price: 47000.5, quantity: 0.014 })
    await expect(readLinesAs('BTCUSDT.csv', lines)).rejects.toMatchObject({
      code: 'MISSING_FACT',
      message: expect.stringContaining('_trades_ or _liquidations_'),
    })
    expect((await readLinesAs('v1/binance-futures/trades/2021/09/01/BTCUSDT.csv', lines)).series[0].key.kind).toBe(
      'trade',
    )
  })

  it('are books of five levels, with what follows from them', async () => {
    const levels = Array.from({ length: 5 }, (_, i) => ['asks', 'bids'].map(s => `${s}[${i}].price,${s}[${i}].amount`))
    const file = await readLinesAs('binance-futures_book_snapshot_5_2020-09-01_BTCUSDT.csv', [
      `exchange,symbol,timestamp,local_timestamp,${levels.flat().join(',')}`,
      'binance-futures,BTCUSDT,1598918403696000,1598918403810979,102,1,98,4,103,1,97,1,,,96,1,,,,,,,,',
      // of the same millisecond, then a crossed one, then one without bids
      'binance-futures,BTCUSDT,1598918403696500,1598918403810979,101,1,99,4,103,1,97,1,,,96,1,,,,,,,,',
      'binance-futures,BTCUSDT,1598918403697000,1598918403810979,99,1,99,4,,,,,,,,,,,,,,,,',
      'binance-futures,BTCUSDT,1598918403698000,1598918403810979,99,1,,,,,,,,,,,,,,,,,,',
    ])
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'book', null))
    expect(file.notes).toEqual(['2 snapshots without a price (a side empty, or crossed) left out'])
    const [row, ...more] = rowsOf(file, 'book')
    expect(more).toEqual([])
    expect(row).toMatchObject({ timeMs: 1598918403696, midPrice: 100, spreadBps: 200, bidDepth: 6, askDepth: 2 })
    expect(row).toMatchObject({ imbalance: 0.5, bidPrice1: 99, bidQuantity1: 4, askPrice2: 103, askPrice3: Number.NaN })
    expect(row).toMatchObject({ bidPrice3: 96, bidQuantity10: Number.NaN })
  })

  it('stand in the order in which they came: of books of one ms the last counts, trades without an id are all kept', async () => {
    const at = [5, 6, 5].map(ms => 1630454400000000 + ms * 1000)
    const quotes = await readLinesAs('binance-futures_quotes_2021-09-01_BTCUSDT.csv', [
      'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount',
      ...at.map((us, i) => `binance-futures,BTCUSDT,${us},${at[0] + i},1,${101 + i},100,1`),
    ])
    expect(rowsOf(quotes, 'book').map(({ timeMs, askPrice1 }) => [timeMs, askPrice1])).toEqual([
      [1630454400006, 102],
      [1630454400005, 103],
    ])
    const liquidations = await readLinesAs('binance-futures_liquidations_2021-09-01_BTCUSDT.csv', [
      'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
      ...at.map((us, i) => `binance-futures,BTCUSDT,${us},${at[0] + i},,buy,${101 + i},1`),
    ])
    expect(rowsOf(liquidations, 'liquidation').map(({ id }) => id)).toEqual([
      '1630454400005-0',
      '1630454400006-0',
      '1630454400005-1',
    ])
  })

  it('are quotes: books of one level; 100 USD a contract', async () => {
    const file = await readLinesAs('huobi-dm-swap_quotes_2020-05-01_BTC-USD.csv', [
      'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount',
      'huobi-dm-swap,BTC-USD,1588291201099000,1588291201234268,5494,8629.3,8629.2,806',
    ])
    expect(file.series[0].key).toEqual(keyOf('htx', 'BTC/USD:BTC', 'book', null))
    expect(rowsOf(file, 'book')[0]).toMatchObject({
      askQuantity1: 549400 / 8629.3,
      bidQuantity1: 80600 / 8629.2,
      askDepth: 549400 / 8629.3,
    })
  })

  const TICKER =
    'exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price'
  const due = (hour: number) => Date.UTC(2024, 0, 1, hour) * 1000
  const tick = (at: number, dueAt: number, rate: string, open: string) =>
    `binance-futures,BTCUSDT,${at},${at + 500},${dueAt},${rate},,${open},1,1,1`

  it('are funding rates as paid: those announced until they were due', async () => {
    const file = await readLinesAs('binance-futures_derivative_ticker_2024-01-01_BTCUSDT.csv', [
      TICKER,
      tick(due(6), due(8), '0.0001', ''),
      tick(due(8) - 1_000_000, due(8), '0.0003', ''),
      tick(due(8) + 1_000_000, due(16), '0.0004', ''),
      // the feed is silent until after the next payment
      tick(due(17), due(24), '0.0005', ''),
    ])
    expect(file.series.map(({ key }) => key)).toEqual([keyOf('binance', 'BTC/USDT:USDT', 'funding', null)])
    expect(rowsOf(file, 'funding')).toEqual([{ timeMs: due(8) / 1000, rate: 0.0003 }])
    expect(file.notes).toEqual(['2 funding rates left out, seen last more than a minute before being due'])
  })

  it('are samples of open interest: the latest value at each full step', async () => {
    const minute = (m: number) => due(0) + m * 60e6
    const lines = [
      TICKER,
      tick(minute(1), due(8), '0.0001', '100'),
      tick(minute(4), due(8), '0.0001', '110'),
      tick(minute(6), due(8), '0.0001', '120'),
      tick(minute(10), due(8), '0.0001', '130'),
      tick(minute(10.5), due(8), '0.0001', ''),
      // nothing for a quarter of an hour
      tick(minute(26), due(8), '0.0001', '140'),
    ]
    const file = await readLinesAs('binance-futures_derivative_ticker_2024-01-01_BTCUSDT.csv', lines)
    expect(file.series.map(({ key }) => key)).toEqual([keyOf('binance', 'BTC/USDT:USDT', 'openInterest', '5m')])
    expect(rowsOf(file, 'openInterest')).toEqual([
      { timeMs: minute(5) / 1000, base: 110, quote: Number.NaN },
      { timeMs: minute(10) / 1000, base: 130, quote: Number.NaN },
    ])
    const hourly = await readLinesAs('binance-futures_derivative_ticker_2024-01-01_BTCUSDT.csv', lines, {
      timeframe: '15m',
    })
    expect(rowsOf(hourly, 'openInterest')).toEqual([{ timeMs: minute(15) / 1000, base: 130, quote: Number.NaN }])
  })

  it('of single level changes are refused, and the error names what to get instead', async () => {
    await expect(
      readLinesAs('deribit_incremental_book_L2_2020-04-01_BTC-PERPETUAL.csv', [
        'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount',
        'deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,ask,6421.5,18640',
      ]),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_LAYOUT', message: expect.stringContaining('Get book_snapshot_25') })
  })

  it('of a market that is not known ask for its names; of several markets in one are refused', async () => {
    const header = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount'
    const row = (symbol: string) => `okex-swap,${symbol},1583020803145000,1583020803307160,1,buy,10,1`
    const name = 'okex-swap_trades_2020-03-01_PERPETUALS.csv'
    await expect(readLinesAs(name, [header, row('BTC-USDT-SWAP')])).rejects.toMatchObject({
      code: 'MISSING_FACT',
      message: expect.stringMatching(/"BTC-USDT-SWAP".*--exchange.*--symbol/),
    })
    const named = { exchange: 'okx', symbol: 'BTC/USDT:USDT' }
    expect((await readLinesAs(name, [header, row('BTC-USDT-SWAP')], named)).notes).toEqual([
      'okex-swap BTC-USDT-SWAP is not known here: quantities are taken as base currency, not contracts',
    ])
    await expect(readLinesAs(name, [header, row('BTC-USDT-SWAP'), row('ETH-USDT-SWAP')])).rejects.toMatchObject({
      code: 'CSV_VALUE',
      message: expect.stringMatching(/line 3, symbol: "ETH-USDT-SWAP" follows "BTC-USDT-SWAP": the file mixes series/),
    })
  })
})

describe('files of CoinAPI', () => {
  const HEADER =
    'time_period_start;time_period_end;time_open;time_close;price_open;price_high;price_low;price_close;volume_traded;trades_count'
  const ROW =
    '2019-01-01T00:00:00.0000000Z;2019-01-01T01:00:00.0000000Z;2019-01-01T00:00:02.0810000Z;2019-01-01T00:59:59.6320000Z;131.4;132.1;130.9;131.7;514.25;401'

  it.each([';', ','])('are candles, their fields separated by %j', async separator => {
    const file = await readLinesAs(
      'BITSTAMP_SPOT_ETH_USD.csv',
      [HEADER, ROW].map(line => line.replaceAll(';', separator)),
    )
    expect(file).toMatchObject({ format: 'coinapi', layout: 'coinapi OHLCV' })
    expect(file.series[0].key).toEqual(keyOf('bitstamp', 'ETH/USD', 'candle', '1h'))
    expect(rowsOf(file, 'candle')).toEqual([
      { openTimeMs: Date.UTC(2019, 0, 1), open: 131.4, high: 132.1, low: 130.9, close: 131.7, volume: 514.25 },
    ])
  })

  it('of candles tell exchange and symbol by their name', async () => {
    const file = await readLinesAs('BINANCE_SPOT_SOL_USDT_1HRS.csv', [
      'time_period_start;time_period_end;time_open;time_close;price_open;price_high;price_low;price_close;volume_traded;trades_count',
      '2024-01-01T00:00:00.0000000Z;2024-01-01T01:00:00.0000000Z;2024-01-01T00:00:00.5000000Z;2024-01-01T00:59:59.0000000Z;101.72;102;101;101.5;5;7',
    ])
    expect(file.series[0].key).toEqual(keyOf('binance', 'SOL/USDT', 'candle', '1h'))
  })

  it('are trades; an estimated taker is taken, an unknown one stays unknown', async () => {
    const trade = (second: number, side: string) =>
      `2025-02-14T13:30:0${second}.5851480;2025-02-14T13:30:48.4535346;723787cc-c2c2-42e0-9c17-47533847600${second};0.00000732;180.35;${side};;;;`
    const file = await readLinesAs('T-TRADES/D-20250214/E-BINANCE/IDDI-1234+SC-BINANCE_SPOT_PEPE_USDT+S-PEPEUSDT.csv', [
      'time_exchange;time_coinapi;guid;price;base_amount;taker_side;id_exch_guid;id_exch_int_inc;order_id_maker;order_id_taker',
      trade(1, 'BUY'),
      trade(2, 'SELL_ESTIMATED'),
      trade(3, 'UNKNOWN'),
    ])
    expect(file.series[0].key).toEqual(keyOf('binance', 'PEPE/USDT', 'trade', null))
    const rows = rowsOf(file, 'trade')
    expect(rows[0]).toEqual({
      timeMs: Date.UTC(2025, 1, 14, 13, 30, 1, 585),
      id: '723787cc-c2c2-42e0-9c17-475338476001',
      price: 0.00000732,
      quantity: 180.35,
      side: 1,
    })
    expect(rows.map(row => row.side)).toEqual([1, -1, 0])
  })
})

describe('files of Kaiko', () => {
  it('are candles without a header; intervals without trades are no candles', async () => {
    const file = await readLinesAs(
      'bw_btcusdt_perp_cohlcvwap_1h_2023.csv',
      [
        '1672531200000,321,0.4935,0.4951,0.4930,0.4937,86092.08,0.4945',
        '1672534800000,0,null,null,null,null,0,null',
        '1672538400000,2,0.5,0.5,0.5,0.5,7,0.5',
      ],
      { exchange: 'binance' },
    )
    expect(file).toMatchObject({ format: 'kaiko', notes: ['1 interval without trades left out'] })
    expect(file.series[0].key).toEqual(keyOf('binance', 'BTC/USDT:USDT', 'candle', '1h'))
    expect(rowsOf(file, 'candle')).toEqual([
      { openTimeMs: 1672531200000, open: 0.4935, high: 0.4951, low: 0.493, close: 0.4937, volume: 86092.08 },
      { openTimeMs: 1672538400000, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 7 },
    ])
  })

  it('with the header of our own files are told by their name, or by --format', async () => {
    const lines = ['timestamp,open,high,low,close,volume', '1672531200000,1,1,1,1,1']
    const asked = { exchange: 'coinbase' }
    expect(await readLinesAs('cbse_btcusd_ohlcv_1h_2023.csv', lines, asked)).toMatchObject({ format: 'kaiko' })
    const named = { ...asked, symbol: 'BTC/USD', timeframe: '1h' } as const
    expect(await readLinesAs('prices.csv', lines, named)).toMatchObject({ format: 'edgequant' })
    expect(await readLinesAs('prices.csv', lines, { ...named, format: 'kaiko' })).toMatchObject({ format: 'kaiko' })
  })

  it('are trades', async () => {
    const file = await readLinesAs(
      'Bitfinex_BTCUSD_trades_2016_01_01.csv',
      ['id,exchange,symbol,date,price,amount,sell', '14698813,bf,btcusd,1451606422000,429.17,1.6817,false'],
      { exchange: 'bitfinex' },
    )
    expect(file.series[0].key).toEqual(keyOf('bitfinex', 'BTC/USD', 'trade', null))
    expect(rowsOf(file, 'trade')).toEqual([
      { timeMs: 1451606422000, id: '14698813', price: 429.17, quantity: 1.6817, side: 1 },
    ])
  })
})
