import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ccxt from 'ccxt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { DAY_MS, formatTimeMs, HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { toCandles } from '../../trainer/data/candle-table.ts'
import {
  type FetchMarketDataOptions,
  type FetchOutcome,
  fetchMarketData,
} from '../../trainer/data/exchange/fetch-market-data.ts'
import { type DataKind, KINDS } from '../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey, StoredPage, StoredTable } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { StoreError } from '../../trainer/data/store/store-error.ts'
import { ALL_FAULTS } from '../fixtures/exchange/faults.ts'
import {
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  startLoopbackExchange,
} from '../fixtures/exchange/loopback-exchange.ts'
import type { LoopbackMarket } from '../fixtures/exchange/loopback-market.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'

const HOURS = 700
const SPOT = 'BTC/USDT'
const PERPETUAL = 'BTC/USDT:USDT'
const spot = simulatedMarket(SPOT, { candles: HOURS, seed: 1 })
const ether = simulatedMarket('ETH/USDT', { candles: HOURS, seed: 2 })
const perpetual = simulatedMarket(PERPETUAL, { candles: HOURS, seed: 3 })
const markets = [spot, ether, perpetual]

const candlesOf = (market: LoopbackMarket): readonly Candle[] => market.candles!.get('1h')!
const startMs = candlesOf(spot)[0].openTimeMs
/** Twenty minutes into the newest simulated candle. */
const endMs = startMs + (HOURS - 1) * HOUR_MS + 20 * MINUTE_MS

let folder: string
let store: MarketStore
let nowMs: number
const exchanges: LoopbackExchange[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-fetch-'))
  store = await openParquetStore(join(folder, 'store'))
  nowMs = endMs
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.close()
  for (const exchange of exchanges.splice(0)) await exchange.close()
  await rm(folder, { recursive: true })
})

async function start(o: Partial<LoopbackExchangeOptions> = {}): Promise<LoopbackExchange> {
  const exchange = await startLoopbackExchange({ markets, now: () => nowMs, ...o })
  exchanges.push(exchange)
  return exchange
}

const key = (exchange: string, symbol: string, kind: DataKind): SeriesKey => ({
  exchange,
  symbol,
  kind,
  timeframe: KINDS[kind].hasTimeframe ? '1h' : null,
})

const fetchFrom = (
  exchange: LoopbackExchange,
  series: readonly SeriesKey[],
  o: Partial<FetchMarketDataOptions> = {},
): Promise<FetchOutcome[]> =>
  fetchMarketData({
    store,
    series,
    period: { fromMs: startMs, toMs: endMs },
    urls: Object.fromEntries(['binance', 'bybit', 'bitfinex'].map(id => [id, exchange.urls(id)])),
    backoff: { firstMs: 1, longestMs: 10 },
    now: () => nowMs,
    ...o,
  })

/** Rows of a stored table as the loopback's markets are written. */
const rowsOf = (table: StoredTable, names: Readonly<Record<string, string>>): Record<string, unknown>[] =>
  Array.from({ length: table.length }, (_, i) =>
    Object.fromEntries(Object.entries(names).map(([column, name]) => [name, table.columns[column][i]])),
  )

const FUNDING = { timeMs: 'timeMs', rate: 'rate' }
const OPEN_INTEREST = { timeMs: 'timeMs', base: 'base', quote: 'quote' }
const TRADE = { timeMs: 'timeMs', id: 'id', price: 'price', quantity: 'quantity', side: 'side' }

const closed = (market: LoopbackMarket): readonly Candle[] =>
  candlesOf(market).filter(c => c.openTimeMs + HOUR_MS <= nowMs)
const upToNow = <T extends { readonly timeMs: number }>(rows: readonly T[] | undefined): T[] =>
  rows!.filter(row => row.timeMs < nowMs)

/** Bybit does not tell what it is worth. */
const openInterestOf = (id: string, market: LoopbackMarket) =>
  market.openInterest!.get('1h')!.map(sample => (id === 'bybit' ? { ...sample, quote: Number.NaN } : sample))

describe.each(['binance', 'bybit'])('fetchMarketData, of %s through real ccxt', id => {
  it('stores the closed candles of spot markets and perpetuals exactly, and not the one in progress', async () => {
    const outcomes = await fetchFrom(await start(), [key(id, SPOT, 'candle'), key(id, PERPETUAL, 'candle')])
    expect(outcomes.map(({ error, rowsFetched }) => [error, rowsFetched])).toEqual([
      [null, HOURS - 1],
      [null, HOURS - 1],
    ])
    expect(toCandles(await store.read(key(id, SPOT, 'candle')))).toEqual(closed(spot))
    expect(toCandles(await store.read(key(id, PERPETUAL, 'candle')))).toEqual(closed(perpetual))
  })

  it('stores funding rates and open interest of a perpetual exactly', async () => {
    const funding = key(id, PERPETUAL, 'funding')
    const openInterest = key(id, PERPETUAL, 'openInterest')
    const outcomes = await fetchFrom(await start(), [funding, openInterest])
    expect(outcomes.map(({ error, notes }) => [error, notes])).toEqual([
      [null, []],
      [null, []],
    ])
    expect(rowsOf(await store.read(funding), FUNDING)).toEqual(upToNow(perpetual.funding))
    expect(rowsOf(await store.read(openInterest), OPEN_INTEREST)).toEqual(upToNow(openInterestOf(id, perpetual)))
  })

  it('stores what follows from the best ten levels of an order book', async () => {
    await fetchFrom(await start(), [key(id, SPOT, 'book')])
    const { length, columns } = await store.read(key(id, SPOT, 'book'))
    const { bids, asks } = spot.book!.filter(book => book.timeMs <= nowMs).at(-1)!
    const [[bid], [ask]] = [bids[0], asks[0]]
    const depth = (side: typeof bids): number => side.slice(0, 10).reduce((sum, [, quantity]) => sum + quantity, 0)
    expect(length).toBe(1)
    expect(columns.midPrice[0]).toBeCloseTo((bid + ask) / 2, 8)
    expect(columns.spreadBps[0]).toBeCloseTo((10_000 * (ask - bid)) / ((bid + ask) / 2), 6)
    expect(columns.bidDepth[0]).toBeCloseTo(depth(bids), 8)
    expect(columns.askDepth[0]).toBeCloseTo(depth(asks), 8)
    expect(columns.imbalance[0]).toBeCloseTo((depth(bids) - depth(asks)) / (depth(bids) + depth(asks)), 8)
    expect([columns.bidPrice10[0], columns.bidQuantity10[0]]).toEqual(bids[9])
    expect([columns.askPrice10[0], columns.askQuantity10[0]]).toEqual(asks[9])
  })

  it('ends with exactly the same rows when every fault strikes', async () => {
    const series = [key(id, SPOT, 'candle'), key(id, PERPETUAL, 'funding'), key(id, PERPETUAL, 'openInterest')]
    const exchange = await start({ faults: { ...ALL_FAULTS, seed: 5, timeout: 0, stalledBody: 0 } })
    nowMs = endMs + 3 * HOUR_MS // past the time that young candles are revised in
    const outcomes = await fetchFrom(exchange, series, { timeoutMs: 2000 })
    expect(outcomes.map(({ error }) => error)).toEqual([null, null, null])
    expect(toCandles(await store.read(series[0]))).toEqual(closed(spot).filter(c => c.openTimeMs < endMs))
    expect(rowsOf(await store.read(series[1]), FUNDING)).toEqual(perpetual.funding!.filter(f => f.timeMs < endMs))
    expect(rowsOf(await store.read(series[2]), OPEN_INTEREST)).toEqual(openInterestOf(id, perpetual))
  })
})

describe('fetchMarketData, funding', () => {
  it('halves its windows where a perpetual pays so often that they hold more than the exchange gives', async () => {
    const hourly = candlesOf(perpetual).map(({ openTimeMs }, i) => ({ timeMs: openTimeMs, rate: (i - 300) / 1e6 }))
    const exchange = await start({ markets: [{ ...perpetual, funding: hourly }] })
    const funding = key('bybit', PERPETUAL, 'funding')
    await fetchFrom(exchange, [funding])
    expect(rowsOf(await store.read(funding), FUNDING)).toEqual(upToNow(hourly))
  })
})

describe('fetchMarketData, trades', () => {
  it.each([
    ['from page to page', undefined],
    ['and misses none when every fault strikes', { ...ALL_FAULTS, seed: 7, timeout: 0, stalledBody: 0 }],
  ])('follows the numbers of Binance %s', async (_, faults) => {
    const trades = key('binance', SPOT, 'trade')
    const period = { fromMs: startMs + 100 * HOUR_MS + 1, toMs: startMs + 230 * HOUR_MS }
    await fetchFrom(await start(faults ? { faults } : {}), [trades], { period })
    const expected = spot.trades!.filter(t => t.timeMs >= period.fromMs && t.timeMs < period.toMs)
    expect(expected.length).toBeGreaterThan(2000)
    expect(rowsOf(await store.read(trades), TRADE)).toEqual(expected)
    expect(await store.complete(trades)).toEqual([period])
  })

  it('calls nothing complete that it has not stored, when it ends in the middle of a millisecond', async () => {
    const crowd = Array.from({ length: 1500 }, (_, i) => ({
      timeMs: startMs + HOUR_MS + Math.floor(i / 7),
      id: String(5000 + i),
      price: 100,
      quantity: 1,
      side: 1 as const,
    }))
    const exchange = await start({ markets: [{ ...spot, trades: crowd }] })
    const trades = key('binance', SPOT, 'trade')
    const controller = new AbortController()
    const fetching = fetchFrom(exchange, [trades], {
      period: { fromMs: startMs + HOUR_MS, toMs: startMs + 2 * HOUR_MS },
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(fetching).rejects.toMatchObject({ name: 'AbortedError' })
    const [complete] = await store.complete(trades)
    const stored = rowsOf(await store.read(trades, { range: complete }), TRADE)
    expect(stored).toEqual(crowd.filter(t => t.timeMs >= complete.fromMs && t.timeMs < complete.toMs))
    expect(stored.length).toBeGreaterThan(990)

    await fetchFrom(exchange, [trades], { period: { fromMs: startMs + HOUR_MS, toMs: startMs + 2 * HOUR_MS } })
    expect(rowsOf(await store.read(trades), TRADE)).toEqual(crowd)
  })

  it('takes the newest that Bybit gives, says from when on, and calls no more than these complete', async () => {
    const trades = key('bybit', PERPETUAL, 'trade')
    const [{ notes, error }] = await fetchFrom(await start(), [trades])
    const newest = perpetual.trades!.filter(t => t.timeMs <= nowMs).slice(-1000)
    expect(error).toBeNull()
    expect(rowsOf(await store.read(trades), TRADE)).toEqual(newest)
    expect(notes).toEqual([expect.stringContaining('bybit gives its newest trades only: from 20')])
    expect(await store.complete(trades)).toEqual([{ fromMs: newest[0].timeMs + 1, toMs: newest[999].timeMs }])
  })
})

describe('fetchMarketData, liquidations', () => {
  it('stores the forced orders of Bitfinex: a long position is sold, whatever ccxt takes for the side', async () => {
    // three requests a minute are allowed there
    vi.spyOn(ccxt.bitfinex.prototype, 'throttle').mockResolvedValue(undefined)
    const liquidations = key('bitfinex', PERPETUAL, 'liquidation')
    const [{ error }] = await fetchFrom(await start(), [liquidations])
    expect(error).toBeNull()
    expect(rowsOf(await store.read(liquidations), TRADE)).toEqual(upToNow(perpetual.liquidations))
  })

  it('names the exchanges that offer them where this one does not', async () => {
    const [{ error }] = await fetchFrom(await start(), [key('binance', PERPETUAL, 'liquidation')])
    expect(error).toMatchObject({ code: 'NOT_OFFERED', details: { offeredBy: ['bitfinex', 'gate', 'gateeu'] } })
  })
})

describe('fetchMarketData, again', () => {
  const candles = key('binance', SPOT, 'candle')
  const starts = (exchange: LoopbackExchange, from: number): number[] =>
    exchange.requests
      .slice(from)
      .flatMap(({ path, query }) => (path.endsWith('/klines') ? [Number(query.startTime)] : []))

  it('asks for nothing where nothing is missing', async () => {
    const exchange = await start()
    const past = { fromMs: startMs, toMs: startMs + 500 * HOUR_MS }
    await fetchFrom(exchange, [candles], { period: past })
    const before = exchange.requests.length
    const [outcome] = await fetchFrom(exchange, [candles], { period: past })
    expect(outcome).toMatchObject({ wasComplete: true, rowsFetched: 0, error: null })
    expect(starts(exchange, before)).toEqual([])
  })

  it('counts the rows that it fetched itself, whoever else fetches into the store', async () => {
    const exchange = await start()
    const halves = [0, 250].map(from => ({
      fromMs: startMs + from * HOUR_MS,
      toMs: startMs + (from + 250) * HOUR_MS,
    }))
    const outcomes = await Promise.all(halves.map(period => fetchFrom(exchange, [candles], { period })))
    expect(outcomes.map(([{ rowsFetched }]) => rowsFetched)).toEqual([250, 250])
  })

  it('asks for the time since the first possible one, where more candles are wanted than can be', async () => {
    const days = candlesOf(spot).filter(({ openTimeMs }) => openTimeMs % DAY_MS === 0)
    const exchange = await start({ markets: [{ symbol: SPOT, candles: new Map([['1d', days]]) }] })
    const [{ error, range, stored }] = await fetchFrom(exchange, [{ ...candles, timeframe: '1d' }], {
      period: { candles: 25_000, timeframe: '1d' },
    })
    expect([error, range?.fromMs, stored?.firstMs]).toEqual([null, 0, days[0].openTimeMs])
    expect(Math.min(...starts(exchange, 0))).toBe(0)
  })

  it('asks only for what is missing on both sides of what it has', async () => {
    const exchange = await start()
    await fetchFrom(exchange, [candles], {
      period: { fromMs: startMs + 200 * HOUR_MS, toMs: startMs + 300 * HOUR_MS },
    })
    const before = exchange.requests.length
    await fetchFrom(exchange, [candles], { period: { fromMs: startMs, toMs: startMs + 400 * HOUR_MS } })
    expect(starts(exchange, before)).toEqual([startMs, startMs + 300 * HOUR_MS])
    expect(toCandles(await store.read(candles))).toEqual(candlesOf(spot).slice(0, 400))
  })

  it('replaces the newest candles, which the exchange revises for a while after their close', async () => {
    const exchange = await start({ faults: { seed: 1, revisedCandles: 1 } })
    nowMs = startMs + 500 * HOUR_MS
    const period = { candles: 400, timeframe: '1h' } as const
    await fetchFrom(exchange, [candles], { period })
    expect(toCandles(await store.read(candles)).at(-1)).not.toEqual(candlesOf(spot)[499])

    const before = exchange.requests.length
    nowMs += 4 * HOUR_MS
    await fetchFrom(exchange, [candles], { period: { fromMs: startMs + 100 * HOUR_MS, toMs: nowMs } })
    const stored = toCandles(await store.read(candles))
    expect(stored.slice(0, -2)).toEqual(candlesOf(spot).slice(100, 502))
    expect(stored).toHaveLength(404)
    expect(starts(exchange, before)).toEqual([startMs + 497 * HOUR_MS])
  })

  it('asks for the newest funding payment once, and goes on after it', async () => {
    const funding = key('binance', PERPETUAL, 'funding')
    const exchange = await start()
    await fetchFrom(exchange, [funding])
    const newestMs = upToNow(perpetual.funding).at(-1)!.timeMs
    expect(await store.complete(funding)).toEqual([{ fromMs: startMs, toMs: newestMs + 1 }])
    const before = exchange.requests.length
    await fetchFrom(exchange, [funding])
    const asked = exchange.requests.slice(before).filter(({ path }) => path.endsWith('/fundingRate'))
    expect(asked.map(({ query }) => Number(query.startTime))).toEqual(asked.map(() => newestMs + 1))
  })
})

describe('fetchMarketData, several series', () => {
  it('fetches from several exchanges and symbols at once, and one that fails does not stop the others', async () => {
    const exchange = await start({ delayMs: 20 })
    const good = ['binance', 'bybit'].flatMap(id => [SPOT, 'ETH/USDT'].map(symbol => key(id, symbol, 'candle')))
    const bad = [key('binance', 'BTC/USDX', 'candle'), key('bybit', SPOT, 'funding')]
    const outcomes = await fetchFrom(exchange, [bad[0], ...good, bad[1]])
    expect(outcomes.map(({ error, rowsFetched }) => [error?.code ?? null, rowsFetched])).toEqual([
      ['UNKNOWN_SYMBOL', 0],
      ...good.map(() => [null, HOURS - 1]),
      ['NOT_OFFERED', 0],
    ])
    expect(outcomes[0].error?.message).toContain('BTC/USDT')
    expect(outcomes.at(-1)?.error?.message).toContain('Ask for the perpetual, BTC/USDT:USDT')
    expect((await store.list()).map(({ key: { exchange: id, symbol } }) => `${id} ${symbol}`)).toEqual([
      'binance BTC/USDT',
      'binance ETH/USDT',
      'bybit BTC/USDT',
      'bybit ETH/USDT',
    ])
    // the second series of each exchange was asked for before the first one had ended
    const klines = exchange.requests.filter(({ path }) => path === '/api/v3/klines').map(({ query }) => query.symbol)
    expect(new Set(klines.slice(0, 2))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']))
  })

  it('fetches from the exchange that answers while the other one cannot be reached', async () => {
    const [here, gone] = [await start(), await start()]
    gone.setOffline(true)
    const outcomes = await fetchFrom(here, [key('bybit', SPOT, 'candle'), key('binance', SPOT, 'candle')], {
      urls: { binance: gone.urls('binance'), bybit: here.urls('bybit') },
      retries: 1,
    })
    expect(outcomes.map(({ error }) => error?.code ?? null)).toEqual([null, 'EXCHANGE_UNREACHABLE'])
  })

  it('throws when none of them answers', async () => {
    const gone = await start()
    gone.setOffline(true)
    const fetching = fetchFrom(gone, [key('binance', SPOT, 'candle'), key('bybit', SPOT, 'candle')], { retries: 0 })
    await expect(fetching).rejects.toMatchObject({ name: 'ExchangeError', code: 'EXCHANGE_UNREACHABLE' })
    expect(await store.list()).toEqual([])
  })

  it('stops all series when the store cannot be written', async () => {
    const full: MarketStore = Object.assign(Object.create(store), {
      list: () => store.list(),
      complete: (one: SeriesKey) => store.complete(one),
      write: (one: SeriesKey, page: StoredPage) =>
        one.symbol === SPOT
          ? Promise.reject(new StoreError('WRITE_FAILED', 'The disk is full.'))
          : store.write(one, page),
    })
    const exchange = await start()
    const series = [key('binance', SPOT, 'candle'), key('binance', 'ETH/USDT', 'candle')]
    const fetching = fetchFrom(exchange, series, { store: full, concurrency: 1 })
    await expect(fetching).rejects.toMatchObject({ name: 'StoreError', code: 'WRITE_FAILED' })
    expect(exchange.requests.filter(({ query }) => query.symbol === 'ETHUSDT')).toEqual([])
  })

  it('says how far back the open interest of Binance reaches, and stores what it gives', async () => {
    const key720 = key('binance', PERPETUAL, 'openInterest')
    const long = simulatedMarket(PERPETUAL, { candles: 1000, seed: 3 })
    nowMs = startMs + 999 * HOUR_MS + MINUTE_MS
    const [{ notes, error }] = await fetchFrom(await start({ markets: [long] }), [key720], {
      period: { fromMs: startMs, toMs: nowMs },
    })
    expect(error).toBeNull()
    expect(notes).toEqual([expect.stringMatching(/^binance keeps 30 days of it: nothing to be had before 20.*Z$/)])
    const stored = rowsOf(await store.read(key720), OPEN_INTEREST)
    expect(stored).toEqual(long.openInterest!.get('1h')!.slice(-719))
  })

  it('says of an exchange that keeps its newest candles only from where on they are, and asks again', async () => {
    const long = simulatedMarket(SPOT, { candles: 1000, seed: 3 })
    nowMs = startMs + 999 * HOUR_MS + MINUTE_MS
    const exchange = await start({ markets: [long] })
    const candles = key('kraken', SPOT, 'candle')
    const o = { period: { fromMs: startMs, toMs: nowMs }, urls: { kraken: exchange.urls('kraken') } }
    const firstMs = startMs + 280 * HOUR_MS
    for (const _ of ['once', 'again']) {
      const [{ notes, error, stored }] = await fetchFrom(exchange, [candles], o)
      expect(error).toBeNull()
      expect(notes).toEqual([expect.stringContaining(`newest candles only: from ${formatTimeMs(firstMs)} on`)])
      expect(stored).toMatchObject({ rows: 719, complete: [{ fromMs: firstMs, toMs: startMs + 996 * HOUR_MS }] })
    }
  }, 60_000)

  it('reports rows, and ends with as many as it expects', async () => {
    const seen: [number, number][] = []
    await fetchFrom(await start(), [key('binance', SPOT, 'candle'), key('bybit', SPOT, 'candle')], {
      onProgress: ({ rows, expectedRows }) => seen.push([rows, expectedRows]),
    })
    expect(seen.at(-1)).toEqual([2 * (HOURS - 1), 2 * (HOURS - 1)])
    expect(seen.map(([rows]) => rows)).toEqual(seen.map(([rows]) => rows).sort((a, b) => a - b))
  })

  it('stops at once when its signal fires, and keeps the pages that were finished', async () => {
    const exchange = await start({ delayMs: 50 })
    const controller = new AbortController()
    const fetching = fetchFrom(exchange, [key('bybit', SPOT, 'candle'), key('binance', SPOT, 'candle')], {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(fetching).rejects.toMatchObject({ name: 'AbortedError' })
    const stored = await store.list()
    expect(stored.length).toBeGreaterThan(0)
    for (const { key: one } of stored)
      expect(closed(spot)).toEqual(expect.arrayContaining(toCandles(await store.read(one))))
  })
})
