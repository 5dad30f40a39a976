import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../sdk/units.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import type { BookSnapshot } from '../fixtures/exchange/loopback-market.ts'
import { type ShapeOptions, shapeDifferences } from '../fixtures/exchange/payload-shape.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'
import { hasMarketData, recordedPayload } from '../fixtures/market-data.ts'

const SAME: ShapeOptions = { decimals: 'same' }
const ANY: ShapeOptions = { decimals: 'any' }

describe('shapeDifferences', () => {
  const recorded = { id: 7, price: '1.250', list: [{ a: 'x', b: null }], pair: ['1.0', '2.00'], none: [] }

  it('finds none between payloads of other values', () => {
    const other = {
      id: 9,
      price: '77.125',
      list: [
        { a: 'y', b: null },
        { a: '', b: null },
      ],
      pair: ['3.5', '9.99'],
      none: [1],
    }
    expect(shapeDifferences(other, recorded, SAME)).toEqual([])
  })

  it.each([
    ['a key that is missing', { ...recorded, id: undefined }, '$.id is a JSON undefined, recorded: a JSON number'],
    [
      'a number in the place of a string',
      { ...recorded, price: 1.25 },
      '$.price is a JSON number, recorded: a number in a string, 3 decimals',
    ],
    [
      'other decimals',
      { ...recorded, price: '1.25' },
      '$.price is a number in a string, 2 decimals, recorded: a number in a string, 3 decimals',
    ],
    [
      'a text in the place of a number',
      { ...recorded, price: 'much' },
      '$.price is a text, recorded: a number in a string, 3 decimals',
    ],
    ['an exponent', { ...recorded, price: '1e-7' }, '$.price is a text, recorded: a number in a string, 3 decimals'],
    ['a null', { ...recorded, list: [{ a: null, b: null }] }, '$.list[0].a is null, recorded: a text'],
    ['an object in the place of an array', { ...recorded, list: {} }, '$.list is a JSON object, recorded: an array'],
    [
      'a key that is too many, in the second entry',
      { ...recorded, list: [...recorded.list, { a: 'x', b: null, c: 1 }] },
      '$.list[1].c was not recorded',
    ],
    ['an empty list', { ...recorded, list: [] }, '$.list is empty, recorded: 1 entries'],
    ['a tuple of another length', { ...recorded, pair: ['1.0', '2.00', '3'] }, '$.pair has 3 entries, recorded: 2'],
    [
      'a place of a tuple',
      { ...recorded, pair: ['1.0', 2] },
      '$.pair[1] is a JSON number, recorded: a number in a string, 2 decimals',
    ],
  ])('names the path of %s', (_, actual, difference) => {
    expect(shapeDifferences(actual, recorded, SAME)).toEqual([difference])
  })

  it('names a key that is missing', () => {
    const { id: _, ...rest } = recorded
    expect(shapeDifferences(rest, recorded, SAME)).toEqual(['$.id is missing'])
  })

  it('minds decimals only where it is told to', () => {
    expect(shapeDifferences('1.25', '1', ANY)).toEqual([])
    expect(shapeDifferences('1.25', '1', SAME)).toHaveLength(1)
  })
})

const hasRecordings = hasMarketData('payloads of the loopback exchange beside recorded ones')

describe.skipIf(!hasRecordings)('payloads of the loopback exchange', () => {
  const parse = (path: string): unknown => JSON.parse(recordedPayload(path))
  const nautilus = (name: string): unknown => parse(`nautilus/${name}.json`)

  interface Depth {
    bids: [string, string][]
    asks: [string, string][]
  }
  const snapshot = (depth: Depth, timeMs: number): BookSnapshot => ({
    timeMs,
    bids: depth.bids.map(([p, q]) => [Number(p), Number(q)]),
    asks: depth.asks.map(([p, q]) => [Number(p), Number(q)]),
  })

  let exchange: LoopbackExchange
  const get = async (key: 'public' | 'fapiPublic' | 'bybit', path: string): Promise<unknown> => {
    const base = key === 'bybit' ? `${exchange.urls('bybit').public}/v5/market` : exchange.urls('binance')[key]
    return (await fetch(`${base}/${path}`)).json()
  }
  const spotDepth = hasRecordings ? (parse('binance_spot_depth_BTCUSDT_1000.json') as Depth) : null
  const futuresDepth = hasRecordings ? (parse('binance_usdm_depth_BTCUSDT_1000.json') as Depth) : null

  beforeAll(async () => {
    const spot = simulatedMarket('BTC/USDT', { candles: 100, seed: 1 })
    const perpetual = simulatedMarket('BTC/USDT:USDT', { candles: 100, seed: 2 })
    const other = simulatedMarket('ETH/USDT:USDT', { candles: 100, seed: 3 })
    const firstMs = spot.candles!.get('1h')![0].openTimeMs
    exchange = await startLoopbackExchange({
      markets: [
        { ...spot, book: [snapshot(spotDepth!, firstMs)] },
        { ...perpetual, candles: new Map(), trades: [], liquidations: [], book: [snapshot(futuresDepth!, firstMs)] },
        {
          ...other,
          trades: other.trades!.map(t => ({ ...t, id: `a905d5c3-1ed0-4f37-83e4-${t.id.padStart(12, '0')}` })),
        },
      ],
      now: () => firstMs + 90 * 60 * MINUTE_MS,
    })
  })
  afterAll(() => exchange.close())

  it.each([
    [
      'klines of Binance',
      'public',
      'klines?symbol=BTCUSDT&interval=1h',
      'binance__spot_http_json_klines_response',
      SAME,
    ],
    ['exchangeInfo of Binance', 'public', 'exchangeInfo', 'binance__spot_http_json_exchange_info_response', SAME],
    // whose quoteQty is not padded to eight decimals, as that of the real endpoint is
    ['trades of Binance', 'public', 'trades?symbol=BTCUSDT', 'binance__spot_http_json_trades_response', ANY],
    ['depth of Binance', 'public', 'depth?symbol=BTCUSDT', 'binance__spot_http_json_depth_response', SAME],
    [
      'klines of Bybit',
      'bybit',
      'kline?category=linear&symbol=ETHUSDT&interval=60',
      'bybit__http_get_klines_linear',
      ANY,
    ],
    ['orderbook of Bybit', 'bybit', 'orderbook?category=linear&symbol=ETHUSDT', 'bybit__http_get_orderbook', ANY],
    [
      'recent trades of Bybit',
      'bybit',
      'recent-trade?category=linear&symbol=ETHUSDT',
      'bybit__http_get_trades_recent',
      ANY,
    ],
    [
      'funding history of Bybit',
      'bybit',
      'funding/history?category=linear&symbol=ETHUSDT',
      'bybit__http_get_funding_history',
      ANY,
    ],
    [
      'linear instruments of Bybit',
      'bybit',
      'instruments-info?category=linear',
      'bybit__http_get_instruments_linear_symbol_type',
      ANY,
    ],
    ['spot instruments of Bybit', 'bybit', 'instruments-info?category=spot', 'bybit__http_get_instruments_spot', ANY],
  ] as const)('%s have the shape of the recorded one', async (_, key, path, name, options) => {
    expect(shapeDifferences(await get(key, path), nautilus(name), options)).toEqual([])
  })

  it("aggregate trades of Binance have the shape of ccxt's, which has every number in quotes", async () => {
    const quote = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value)
    const trades = (await get('public', 'aggTrades?symbol=BTCUSDT')) as Record<string, unknown>[]
    const quoted = trades.map(t => Object.fromEntries(Object.entries(t).map(([key, value]) => [key, quote(value)])))
    const { httpResponse } = parse('ccxt_binance_fetchTrades.json') as { httpResponse: unknown }
    expect(shapeDifferences(quoted, httpResponse, SAME)).toEqual([])
  })

  it('depth of Binance is, fed with a recorded book, the recorded answer to the letter', async () => {
    const spot = (await get('public', 'depth?symbol=BTCUSDT&limit=1000')) as Depth
    expect([spot.bids, spot.asks]).toEqual([spotDepth!.bids, spotDepth!.asks])
    expect(shapeDifferences(spot, spotDepth, SAME)).toEqual([])
    const futures = (await get('fapiPublic', 'depth?symbol=BTCUSDT&limit=1000')) as Depth
    expect([futures.bids, futures.asks]).toEqual([futuresDepth!.bids, futuresDepth!.asks])
    expect(shapeDifferences(futures, futuresDepth, SAME)).toEqual([])
  })
})
