import ccxt from 'ccxt'
import { afterAll, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { toCandles } from '../../sdk/candle/series.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { type TimeRange, unionRanges } from '../../sdk/candle/time-ranges.ts'
import type { CandleRequest, CandleSource } from '../../sdk/source/candle-source.ts'
import type { CcxtClient } from '../../sdk/source/exchange/ccxt-client.ts'
import { exchangeCandleSource } from '../../sdk/source/exchange/exchange-candle-source.ts'
import type { ExchangeOptions } from '../../sdk/source/exchange/exchange-session.ts'
import { loadCandles } from '../../sdk/source/load-candles.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { expectTrueWhereComplete, pagesOf } from '../fixtures/candle-pages.ts'
import { ALL_FAULTS, type FaultOptions, ROW_FAULTS, TRANSPORT_FAULTS } from '../fixtures/exchange/faults.ts'
import {
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  startLoopbackExchange,
} from '../fixtures/exchange/loopback-exchange.ts'
import type { LoopbackMarket } from '../fixtures/exchange/loopback-market.ts'
import { hasMarketData, recordedSeries } from '../fixtures/market-data.ts'

const CANDLES = 2600
const hourly = simulateMarket({ symbols: ['BTC/USDT'], candles: CANDLES, timeframe: '1h', seed: 3 }).get('BTC/USDT')!
const startMs = hourly[0].openTimeMs
/** Twenty minutes into the newest candle. */
const nowMs = hourly[CANDLES - 1].openTimeMs + 20 * MINUTE_MS
const closed = hourly.slice(0, -1)
/** The newest three may still be corrected. */
const settledMs = nowMs - 20 * MINUTE_MS - 3 * HOUR_MS

const SPOT = 'BTC/USDT'
const PERPETUAL = 'BTC/USDT:USDT'
const marketOf = (symbol: string, candles: readonly Candle[] = hourly): LoopbackMarket => ({
  symbol,
  candles: new Map([['1h', candles]]),
})
const requestFor = (symbol: string): CandleRequest => ({
  symbol,
  timeframe: '1h',
  fromMs: startMs,
  toMs: nowMs + 10 * HOUR_MS,
})

const running: LoopbackExchange[] = []
afterAll(() => Promise.all(running.map(exchange => exchange.close())))

async function start(o: Partial<LoopbackExchangeOptions> = {}): Promise<LoopbackExchange> {
  const markets = [marketOf(SPOT), marketOf(PERPETUAL)]
  const exchange = await startLoopbackExchange({ markets, now: () => nowMs, ...o })
  running.push(exchange)
  return exchange
}

const patient = { timeoutMs: 400, backoff: { firstMs: 2, longestMs: 20 }, now: () => nowMs }

function clientOf(exchange: LoopbackExchange): CcxtClient {
  const client = new ccxt.binance({ timeout: 400, options: { fetchMarkets: { types: ['spot', 'linear'] } } })
  const urls = client.urls as { api: Record<string, string> }
  urls.api = { ...urls.api, ...exchange.urls('binance') }
  return client
}

type Way = (exchange: LoopbackExchange) => ExchangeOptions
const binance: Way = e => ({ exchange: 'binance', urls: e.urls('binance'), ...patient })
const bybit: Way = e => ({ exchange: 'bybit', urls: e.urls('bybit'), ...patient })
const ownClient: Way = e => ({ exchange: clientOf(e), ...patient })

/** Everything goes wrong, and often. */
const storm = (seed: number): FaultOptions => ({
  ...(Object.fromEntries(
    Object.entries(ALL_FAULTS).map(([name, value]) => [name, typeof value === 'number' ? 2 * value : value]),
  ) as unknown as FaultOptions),
  revisedCandles: 1,
  seed,
})

const klines = ({ requests }: LoopbackExchange) =>
  requests.filter(({ path }) => path.endsWith('/klines') || path.endsWith('/kline'))

describe.concurrent.each([
  ['Binance, spot', SPOT, 1000, binance],
  ['Binance, perpetual', PERPETUAL, 500, binance],
  ['Bybit, spot', SPOT, 1000, bybit],
  ['Bybit, perpetual', PERPETUAL, 1000, bybit],
  ['a client that is passed in', SPOT, 1000, ownClient],
])('candles through real ccxt: %s', (_, symbol, pageCandles, way) => {
  const request = requestFor(symbol)

  it('are exactly the closed ones, without the one in progress, in pages as large as the exchange allows', async () => {
    const exchange = await start()
    const pages = await pagesOf(exchangeCandleSource(way(exchange)), request)
    expect(pages.flatMap(page => page.candles)).toEqual(closed)
    expect(expectTrueWhereComplete(pages, request, closed)).toEqual([{ fromMs: startMs, toMs: settledMs }])
    expect(klines(exchange)).toHaveLength(Math.ceil(closed.length / pageCandles))
  })

  it.each([1, 2, 3])('are exact with every fault at once, seed %i', async seed => {
    const exchange = await start({ faults: storm(seed) })
    const pages = await pagesOf(exchangeCandleSource(way(exchange)), request)
    expect(Object.values(exchange.faultCounts).reduce((a, b) => a + b)).toBeGreaterThan(3)
    expect(expectTrueWhereComplete(pages, request, closed)).toEqual([{ fromMs: startMs, toMs: settledMs }])
    expect(pages.flatMap(page => page.candles.map(c => c.openTimeMs))).toEqual(closed.map(c => c.openTimeMs))
  })

  it('are exact where complete although new ones are corrected, and exact when asked for again later', async () => {
    let clockMs = nowMs - 50 * HOUR_MS
    const exchange = await start({ now: () => clockMs, faults: { seed: 5, revisedCandles: 1 } })
    const source = exchangeCandleSource({ ...way(exchange), now: () => clockMs })
    const pages = await pagesOf(source, request)
    const [complete] = expectTrueWhereComplete(pages, request, closed)
    expect(complete).toEqual({ fromMs: startMs, toMs: settledMs - 50 * HOUR_MS })
    const given = pages.flatMap(page => page.candles)
    expect(given).toHaveLength(closed.length - 50)
    expect(given.at(-1)).not.toEqual(closed[given.length - 1])

    clockMs += 50 * HOUR_MS
    const rest = { ...request, fromMs: complete.toMs }
    const later = await pagesOf(source, rest)
    expect(expectTrueWhereComplete(later, rest, closed)).toEqual([{ fromMs: complete.toMs, toMs: settledMs }])
    expect(later[0].candles[0].openTimeMs).toBe(complete.toMs)
  })
})

describe.concurrent.each([
  ['Binance', binance],
  ['Bybit', bybit],
])('candles of %s, with one fault at a time', (_, way) => {
  it.each([...TRANSPORT_FAULTS, ...ROW_FAULTS])('are exact although it suffers from %s', async fault => {
    const exchange = await start({ faults: { seed: 7, [fault]: 0.6, retryAfterSeconds: 0 } })
    const request = requestFor(SPOT)
    const pages = await pagesOf(exchangeCandleSource(way(exchange)), request)
    expect(exchange.faultCounts[fault]).toBeGreaterThan(0)
    expect(pages.flatMap(page => page.candles)).toEqual(closed)
    expect(expectTrueWhereComplete(pages, request, closed)).toEqual([{ fromMs: startMs, toMs: settledMs }])
  })
})

describe.concurrent('gaps', () => {
  const gapped = hourly.filter((_, i) => i !== 700 && !(i >= 1490 && i < 1900) && !(i >= 990 && i < 1003))
  const request = requestFor(SPOT)

  it('of the market are gaps in the pages, and complete, once three answers agree on them', async () => {
    const exchange = await start({ markets: [marketOf(SPOT, gapped)] })
    const pages = await pagesOf(exchangeCandleSource(binance(exchange)), request)
    expect(pages.flatMap(page => page.candles)).toEqual(gapped.slice(0, -1))
    expect(expectTrueWhereComplete(pages, request, gapped)).toEqual([{ fromMs: startMs, toMs: settledMs }])
    // of three pages, two have gaps between candles, asked about twice more; and the gap between the two, at the end of one
    // and the start of the other, is asked about three times from either side
    expect(klines(exchange)).toHaveLength(3 + 2 * 2 + 2 * 3)
  })

  it.each([1, 2, 3, 4])('of the market are told from those that faults make, seed %i', async seed => {
    const faults = { seed, gaps: 0.5, emptyPage: 0.3, cutConnection: 0.1 }
    const exchange = await start({ markets: [marketOf(SPOT, gapped)], faults })
    const pages = await pagesOf(exchangeCandleSource(bybit(exchange)), request)
    expect(pages.flatMap(page => page.candles)).toEqual(gapped.slice(0, -1))
    expect(expectTrueWhereComplete(pages, request, gapped)).toEqual([{ fromMs: startMs, toMs: settledMs }])
  })

  it('before a market was listed are complete, and are skipped by its daily candles', async () => {
    const day = (openTimeMs: number): Candle => ({ openTimeMs, open: 5, high: 6, low: 4, close: 5, volume: 1 })
    const listedMs = hourly[0].openTimeMs
    const days = Array.from({ length: 109 }, (_, i) => day(listedMs + i * DAY_MS))
    const daily = new Map([['1h', hourly] as const, ['1d', days] as const])
    const long = { ...request, fromMs: listedMs - 4 * 365 * DAY_MS }
    for (const [candles, mostRequests] of [
      [daily, 20],
      [marketOf(SPOT).candles!, 200],
    ] as const) {
      const exchange = await start({
        markets: [{ symbol: SPOT, candles }],
        faults: { seed: 2, gaps: 0.3, emptyPage: 0.3 },
      })
      const pages = await pagesOf(exchangeCandleSource(binance(exchange)), long)
      expect(pages.flatMap(page => page.candles)).toEqual(closed)
      expect(expectTrueWhereComplete(pages, long, closed)).toEqual([{ fromMs: long.fromMs, toMs: settledMs }])
      expect(klines(exchange).length).toBeLessThan(mostRequests)
    }
  })
})

describe.concurrent('a market that has ended', () => {
  const day = (openTimeMs: number): Candle => ({ openTimeMs, open: 5, high: 6, low: 4, close: 5, volume: 1 })
  const early = hourly.slice(0, 500)
  const late = hourly.slice(0, 24)
  const later = late.map(c => ({ ...c, openTimeMs: c.openTimeMs + 2 * 365 * DAY_MS }))
  const daysOf = (candles: readonly Candle[]): Candle[] =>
    candles.filter(c => c.openTimeMs % DAY_MS === 0).map(c => day(c.openTimeMs))
  const tenYears = { ...requestFor(SPOT), toMs: startMs + 10 * 365 * DAY_MS }
  const thenMs = tenYears.toMs + HOUR_MS
  const settledThenMs = thenMs - 3 * HOUR_MS

  it.each([
    ['is asked for no further than its daily candles say', early, 4 + 3 + 3],
    ['is gone on with where its daily candles say that it was resumed', [...early, ...later], 4 + 3 + 7 + 3 + 3],
  ])('%s', async (_, candles, requests) => {
    const known = new Map([['1h', candles] as const, ['1d', daysOf(candles)] as const])
    const exchange = await start({ markets: [{ symbol: SPOT, candles: known }], now: () => thenMs })
    const pages = await pagesOf(exchangeCandleSource({ ...binance(exchange), now: () => thenMs }), tenYears)
    expect(pages.flatMap(page => page.candles)).toEqual(candles)
    expect(expectTrueWhereComplete(pages, tenYears, candles)).toEqual([{ fromMs: startMs, toMs: settledThenMs }])
    const hours = klines(exchange).filter(({ query }) => query.interval === '1h')
    // the page with its last candle, an empty one (and where it was resumed as many), and the newest one
    expect(hours).toHaveLength(requests)
    // daily candles: four pages for ten years, asked for once
    expect(klines(exchange).length - hours.length).toBeLessThanOrEqual(4 * 5)
  })

  it('is searched page by page where the exchange has no daily candles although it has newer ones', async () => {
    const candles = [...early, ...later]
    const exchange = await start({ markets: [marketOf(SPOT, candles)], now: () => thenMs })
    const until = { ...tenYears, toMs: later[23].openTimeMs + HOUR_MS }
    const pages = await pagesOf(exchangeCandleSource({ ...binance(exchange), now: () => thenMs }), until)
    expect(pages.flatMap(page => page.candles)).toEqual(candles)
    expect(expectTrueWhereComplete(pages, until, candles)).toEqual([{ fromMs: startMs, toMs: until.toMs }])
  })
})

describe.concurrent('an exchange that keeps its newest candles only', () => {
  const request = requestFor(SPOT)
  /** With the one in progress it gives 720. */
  const kept = closed.slice(-719)
  const unconfirmed = { fromMs: startMs, toMs: kept[0].openTimeMs }

  async function fromKraken(o: Partial<LoopbackExchangeOptions> = {}, asked = request) {
    const exchange = await start(o)
    const told: TimeRange[] = []
    const source = exchangeCandleSource(
      { exchange: 'kraken', urls: exchange.urls('kraken'), ...patient },
      { onUnconfirmed: range => told.push(range) },
    )
    const pages = await pagesOf(source, asked)
    return { pages, told: unionRanges(told), requests: exchange.requests.filter(({ path }) => path.endsWith('/OHLC')) }
  }

  it('gives those, and what it does not keep is not complete, but told', { timeout: 60_000 }, async () => {
    const { pages, told, requests } = await fromKraken()
    expect(pages.flatMap(page => page.candles)).toEqual(kept)
    expect(expectTrueWhereComplete(pages, request, closed)).toEqual([{ fromMs: kept[0].openTimeMs, toMs: settledMs }])
    expect(told).toEqual([unconfirmed])
    // what it answers says where to go on
    expect(requests).toHaveLength(3 + 1)
  })

  it.each([1, 2])('gives those with faults, too, seed %i', { timeout: 60_000 }, async seed => {
    const { pages, told } = await fromKraken({ faults: { seed, gaps: 0.3, emptyPage: 0.2, overlappingPage: 0.1 } })
    expect(pages.flatMap(page => page.candles)).toEqual(kept)
    expect(expectTrueWhereComplete(pages, request, closed)).toEqual([{ fromMs: kept[0].openTimeMs, toMs: settledMs }])
    expect(told).toEqual([unconfirmed])
  })

  it('gives nothing of a time before them, and nothing of it is complete', { timeout: 60_000 }, async () => {
    const before = { ...request, toMs: startMs + 1000 * HOUR_MS }
    const { pages, told } = await fromKraken({}, before)
    expect(pages.flatMap(page => page.candles)).toEqual([])
    expect(expectTrueWhereComplete(pages, before, closed)).toEqual([])
    expect(told).toEqual([{ fromMs: startMs, toMs: before.toMs }])
  })

  it('gives those within a page that begins before them', { timeout: 60_000 }, async () => {
    const from = { ...request, fromMs: kept[0].openTimeMs - 100 * HOUR_MS }
    const { pages, told } = await fromKraken({}, from)
    expect(pages.flatMap(page => page.candles)).toEqual(kept)
    expect(expectTrueWhereComplete(pages, from, closed)).toEqual([{ fromMs: kept[0].openTimeMs, toMs: settledMs }])
    expect(told).toEqual([{ fromMs: from.fromMs, toMs: kept[0].openTimeMs }])
  })
})

describe.concurrent('loadCandles', () => {
  const loading = async (way: Way, candles: number): Promise<Candle[]> =>
    loadCandles(exchangeCandleSource(way(await start())), { symbol: SPOT, timeframe: '1h', candles, nowMs })

  it('gives the newest closed candles of an exchange, and all there are of a market that has fewer', async () => {
    expect(await loading(binance, 500)).toEqual(closed.slice(-500))
    expect(await loading(bybit, 2 * CANDLES)).toEqual(closed)
  })

  it('reports progress in candles, a page at a time', async () => {
    const seen: unknown[] = []
    const source = exchangeCandleSource(binance(await start()))
    const request = { symbol: SPOT, timeframe: '1h', candles: 2500, nowMs } as const
    await loadCandles(source, request, { onProgress: progress => seen.push(progress) })
    expect(seen).toEqual([1000, 2000, 2500].map(done => ({ done, total: 2500 })))
  })

  it.skipIf(!hasMarketData('candles of recorded markets through ccxt'))(
    'gives recorded ones digit by digit',
    async () => {
      for (const name of ['SOLUSDT', 'SHIBUSDT', 'BTCUSDT']) {
        const recorded = toCandles(recordedSeries(name, 1200))
        const thenMs = recorded[recorded.length - 1].openTimeMs + HOUR_MS
        const exchange = await start({ markets: [marketOf('AAA/USDT', recorded)], now: () => thenMs })
        for (const way of [binance, bybit]) {
          const source: CandleSource = exchangeCandleSource({ ...way(exchange), now: () => thenMs })
          const request = { symbol: 'AAA/USDT', timeframe: '1h', candles: 1200, nowMs: thenMs } as const
          expect(await loadCandles(source, request)).toEqual(recorded)
        }
      }
    },
  )
})
