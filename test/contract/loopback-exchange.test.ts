import ccxt, { type Exchange } from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { KNOWN_API_KEY } from '../fixtures/exchange/binance-common.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import type { LoopbackMarket, Trade } from '../fixtures/exchange/loopback-market.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'
import {
  hasMarketData,
  recordedBook,
  recordedFunding,
  recordedOpenInterest,
  recordedPerpetualCandles,
  recordedTrades,
} from '../fixtures/market-data.ts'

const SPOT = 'BTC/USDT'
const PERPETUAL = 'BTC/USDT:USDT'

const simulated = [
  simulatedMarket(SPOT, { candles: 700, seed: 1 }),
  simulatedMarket('ETH/USDT', { candles: 700, seed: 2 }),
  simulatedMarket(PERPETUAL, { candles: 700, seed: 3 }),
]
const [spot, , perpetual] = simulated
const candlesOf = (market: LoopbackMarket) => market.candles!.get('1h')!
/** Twenty minutes into the newest candle. */
const nowMs = candlesOf(spot).at(-1)!.openTimeMs + 20 * MINUTE_MS
const known = <T extends { timeMs: number }>(items: readonly T[]): T[] => items.filter(item => item.timeMs <= nowMs)

let exchange: LoopbackExchange
beforeAll(async () => {
  exchange = await startLoopbackExchange({ markets: simulated, now: () => nowMs })
})
afterAll(() => exchange.close())

function client(id: 'binance' | 'bybit' | 'bitfinex', at: LoopbackExchange, config: object = {}): Exchange {
  const made: Exchange = new ccxt[id]({ enableRateLimit: false, timeout: 5000, ...config })
  pointAt(made, at)
  return made
}

function pointAt(ours: Exchange, at: LoopbackExchange): void {
  const urls = ours.urls as { api: Record<string, string> }
  urls.api = { ...urls.api, ...at.urls(ours.id) }
}

const ohlcv = (market: LoopbackMarket) =>
  candlesOf(market).map(c => [c.openTimeMs, c.open, c.high, c.low, c.close, c.volume])

/** The end of a range, for ccxt to pass on. */
const until = (rows: readonly { timeMs: number }[]) => ({ until: rows.at(-1)!.timeMs })

const tradeRow = (t: Trade) => [t.timeMs, t.id, t.price, t.quantity, t.side === 1 ? 'buy' : 'sell']

const tradeRows = async (exchange: Exchange, symbol: string, since?: number, limit?: number) =>
  (await exchange.fetchTrades(symbol, since, limit)).map(t => [t.timestamp, t.id, t.price, t.amount, t.side])

describe.each(['binance', 'bybit'] as const)('real ccxt, asking for %s', id => {
  it('lists the markets and the time, with the types it asks for by default', async () => {
    const ours = client(id, exchange)
    await ours.loadMarkets()
    expect(Object.keys(ours.markets!).sort()).toEqual([SPOT, PERPETUAL, 'ETH/USDT'].sort())
    expect(ours.market(PERPETUAL).swap).toBe(true)
    expect(ours.market(PERPETUAL).linear).toBe(true)
    expect(ours.market(PERPETUAL).contractSize).toBe(1)
    expect(await ours.fetchTime()).toBe(nowMs)
  })

  it.each([SPOT, PERPETUAL])(
    'gets the candles of %s from a start on, oldest first, and the newest without one',
    async symbol => {
      const ours = client(id, exchange)
      const all = ohlcv(symbol === SPOT ? spot : perpetual)
      expect(await ours.fetchOHLCV(symbol, '1h', all[100][0], 300)).toEqual(all.slice(100, 400))
      expect((await ours.fetchOHLCV(symbol, '1h', undefined, 50)).slice(0, -1)).toEqual(all.slice(-50, -1))
    },
  )

  it('gets a candle in progress as it is now: its open, an earlier close, part of its range and volume', async () => {
    const final = candlesOf(spot).at(-1)!
    const [[openTimeMs, open, high, low, close, volume]] = await client(id, exchange).fetchOHLCV(
      SPOT,
      '1h',
      undefined,
      1,
    )
    expect([openTimeMs, open]).toEqual([final.openTimeMs, final.open])
    expect(volume!).toBeCloseTo(final.volume / 3, 3)
    expect(Math.abs(close! - final.open)).toBeLessThan(Math.abs(final.close - final.open))
    expect(high!).toBeLessThanOrEqual(final.high)
    expect(low!).toBeGreaterThanOrEqual(final.low)
    expect(high! - low!).toBeLessThan(final.high - final.low)
  })

  it.each([SPOT, PERPETUAL])('gets the newest order book of %s', async symbol => {
    const { bids, asks } = (symbol === SPOT ? spot : perpetual).book!.at(-1)!
    const book = await client(id, exchange).fetchOrderBook(symbol, 20)
    expect(book.bids).toEqual(bids.slice(0, 20))
    expect(book.asks).toEqual(asks.slice(0, 20))
  })

  it('gets the newest trades', async () => {
    const expected = known(perpetual.trades!).slice(-50).map(tradeRow)
    expect(await tradeRows(client(id, exchange), PERPETUAL, undefined, 50)).toEqual(expected)
    const spotTrades = known(spot.trades!).slice(-50).map(tradeRow)
    expect(await tradeRows(client(id, exchange), SPOT, undefined, 50)).toEqual(spotTrades)
  })

  it('gets funding rates between two times', async () => {
    const rates = perpetual.funding!.slice(10, 40)
    const got = await client(id, exchange).fetchFundingRateHistory(PERPETUAL, rates[0].timeMs, 30, until(rates))
    expect(got.map(r => ({ timeMs: r.timestamp, rate: r.fundingRate }))).toEqual(rates)
  })

  it('gets open interest between two times; Bybit tells it in the base currency only', async () => {
    const samples = perpetual.openInterest!.get('1h')!.slice(300, 340)
    const got = await client(id, exchange).fetchOpenInterestHistory(
      PERPETUAL,
      '1h',
      samples[0].timeMs,
      40,
      until(samples),
    )
    const quote = (o: { quote: number }) => (id === 'binance' ? o.quote : undefined)
    expect(got.map(o => [o.timestamp, o.openInterestAmount, o.openInterestValue])).toEqual(
      samples.map(o => [o.timeMs, o.base, quote(o)]),
    )
  })

  it('loses the first sample of open interest where ccxt reckons the end: the newest of the range stay', async () => {
    const samples = perpetual.openInterest!.get('1h')!.slice(300, 341)
    const got = await client(id, exchange).fetchOpenInterestHistory(PERPETUAL, '1h', samples[0].timeMs, 40)
    expect(got.map(o => o.timestamp)).toEqual(samples.slice(1).map(o => o.timeMs))
  })

  it('is told of a symbol that is not listed in its own words', async () => {
    const ours = client(id, exchange)
    await ours.loadMarkets()
    ours.markets!['NOPE/USDT'] = { ...ours.market(SPOT), id: 'NOPEUSDT', symbol: 'NOPE/USDT' }
    const error = await ours.fetchOHLCV('NOPE/USDT', '1h').catch((e: unknown) => e as Error)
    expect(error).toBeInstanceOf(id === 'binance' ? ccxt.BadSymbol : ccxt.BadRequest)
    expect((error as Error).message).toContain(id === 'binance' ? '-1121' : '10001')
  })
})

describe('real ccxt, asking for Binance', () => {
  it('gets trades from a time on, and from an id on where it has a key', async () => {
    const trades = spot.trades!
    const since = trades[2000].timeMs
    const hour = trades.filter(t => t.timeMs >= since && t.timeMs <= since + HOUR_MS).map(tradeRow)
    expect(await tradeRows(client('binance', exchange), SPOT, since, 1000)).toEqual(hour)

    const params = { fetchTradesMethod: 'publicGetHistoricalTrades', fromId: trades[5].id }
    const withKey = client('binance', exchange, { apiKey: KNOWN_API_KEY })
    const got = await withKey.fetchTrades(SPOT, undefined, 7, params)
    expect(got.map(t => [t.timestamp, t.id, t.price, t.amount, t.side])).toEqual(trades.slice(5, 12).map(tradeRow))
    const withOther = client('binance', exchange, { apiKey: 'x'.repeat(64) })
    await expect(withOther.fetchTrades(SPOT, undefined, 7, params)).rejects.toThrow('-2015')
  })

  it('pages of 1,000 spot and 1,500 futures candles at most', async () => {
    const many = [
      simulatedMarket(SPOT, { candles: 1700, seed: 1 }),
      simulatedMarket(PERPETUAL, { candles: 1700, seed: 1 }),
    ]
    const large = await startLoopbackExchange({ markets: many, now: () => Number.MAX_SAFE_INTEGER })
    try {
      const rows = async (url: string) => ((await (await fetch(url)).json()) as unknown[]).length
      const query = 'klines?symbol=BTCUSDT&interval=1h&limit=5000&startTime=0'
      expect(await rows(`${large.urls('binance').public}/${query}`)).toBe(1000)
      expect(await rows(`${large.urls('binance').fapiPublic}/${query}`)).toBe(1500)
      const bybit = `${large.urls('bybit').public}/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=5000&start=0`
      const { result } = (await (await fetch(bybit)).json()) as { result: { list: string[][] } }
      expect(result.list.length).toBe(1000)
      expect(Number(result.list[0][0])).toBeGreaterThan(Number(result.list[999][0]))
    } finally {
      await large.close()
    }
  })

  it.each([
    ['api/v3/klines?interval=1h', 400, -1102],
    ['api/v3/klines?symbol=BTCUSDT&interval=7h', 400, -1120],
    ['api/v3/klines?symbol=NOPE&interval=1h', 400, -1121],
    ['api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=yesterday', 400, -1100],
    ['api/v3/historicalTrades?symbol=BTCUSDT', 401, -2014],
    ['fapi/v1/depth?symbol=BTCUSDT&limit=7', 400, -4021],
    ['fapi/v1/aggTrades?symbol=BTCUSDT&startTime=0&endTime=3600001', 400, -1127],
    ['futures/data/openInterestHist?symbol=BTCUSDT&period=1h&startTime=1', 400, -1130],
  ])('%s is refused with status %i and code %i', async (path, status, code) => {
    const response = await fetch(exchange.urls('binance').public.replace('api/v3', path))
    expect([response.status, ((await response.json()) as { code: number }).code]).toEqual([status, code])
  })
})

describe('real ccxt, asking for Bitfinex', () => {
  it('gets liquidations from a start on; the amount, not the side that ccxt reads, tells which way', async () => {
    const orders = known(perpetual.liquidations!)
    const got = await client('bitfinex', exchange).fetchLiquidations(PERPETUAL, orders.at(-200)!.timeMs, 400)
    const rows = got.map(l => ({
      timeMs: l.timestamp,
      id: String((l.info as unknown[])[1]),
      price: l.price,
      quantity: l.contracts,
      side: Number((l.info as unknown[])[5]) > 0 ? -1 : 1,
    }))
    expect(rows).toEqual(orders.slice(-200))
    expect(new Set(rows.map(r => r.side))).toEqual(new Set([1, -1]))
  })
})

describe('what real ccxt makes of faults, which a client around it must know', () => {
  const ask = {
    binance: (ours: Exchange) => ours.fetchOHLCV(SPOT, '1h'),
    bybit: (ours: Exchange) => ours.fetchOHLCV(SPOT, '1h'),
    bitfinex: (ours: Exchange) => ours.fetchLiquidations(PERPETUAL),
  }

  it.each([
    ['binance', 'rateLimited', 'DDoSProtection'],
    ['bybit', 'rateLimited', 'RateLimitExceeded'],
    ['bitfinex', 'rateLimited', 'RateLimitExceeded'],
    ['binance', 'banned', 'DDoSProtection'],
    ['bybit', 'banned', 'RateLimitExceeded'],
    ['binance', 'timeout', 'RequestTimeout'],
    // not as a failure of the network, or as none at all
    ['bitfinex', 'banned', 'ExchangeError'],
    ['binance', 'cutConnection', 'SocketError'],
    ['bybit', 'truncatedJson', 'an empty page'],
  ] as const)('%s, %s: %s', async (id, fault, outcome) => {
    const faulty = await startLoopbackExchange({
      markets: simulated,
      now: () => nowMs,
      faults: { seed: 1, [fault]: 1, heal: Number.POSITIVE_INFINITY },
    })
    try {
      const ours = client(id, exchange)
      await ours.loadMarkets()
      pointAt(ours, faulty)
      ours.timeout = 300
      const seen = await ask[id](ours).then(
        rows => (rows.length === 0 ? 'an empty page' : `${rows.length} rows`),
        (error: unknown) => (error as Error).constructor.name,
      )
      expect(seen).toBe(outcome)
    } finally {
      await faulty.close()
    }
  })
})

describe.skipIf(!hasMarketData('the loopback exchange on recorded data'))(
  'the loopback exchange, fed with recorded data',
  () => {
    let recorded: LoopbackMarket
    beforeAll(() => {
      recorded = {
        symbol: PERPETUAL,
        candles: new Map([['1h', recordedPerpetualCandles('BTCUSDT', '1h')]]),
        funding: recordedFunding('BTCUSDT'),
        openInterest: new Map([['1h', recordedOpenInterest()]]),
        book: recordedBook('usdm', 'BTCUSDT'),
        trades: recordedTrades('usdm', 'BTCUSDT'),
      }
    })

    it.each(['binance', 'bybit'] as const)('gives a real client of %s every digit', async id => {
      const then = recorded.openInterest!.get('1h')!.at(-1)!.timeMs + 1
      const real = await startLoopbackExchange({ markets: [recorded], now: () => then })
      try {
        const ours = client(id, real)
        const candles = ohlcv(recorded)
        expect(await ours.fetchOHLCV(PERPETUAL, '1h', candles[20_000][0], 1000)).toEqual(candles.slice(20_000, 21_000))
        const rates = recorded.funding!.slice(6000, 6100)
        const funding = await ours.fetchFundingRateHistory(PERPETUAL, rates[0].timeMs, 100, until(rates))
        expect(funding.map(f => [f.timestamp, f.fundingRate])).toEqual(rates.map(f => [f.timeMs, f.rate]))
        const book = await ours.fetchOrderBook(PERPETUAL, 10)
        expect([book.bids, book.asks]).toEqual([recorded.book!.at(-1)!.bids, recorded.book!.at(-1)!.asks])
        expect(await tradeRows(ours, PERPETUAL, undefined, 1000)).toEqual(recorded.trades!.slice(-1000).map(tradeRow))
        const samples = recorded.openInterest!.get('1h')!
        const interest = await ours.fetchOpenInterestHistory(PERPETUAL, '1h', samples[0].timeMs, 168, until(samples))
        expect(interest.map(o => o.openInterestAmount)).toEqual(samples.map(o => o.base))
      } finally {
        await real.close()
      }
    })
  },
)
