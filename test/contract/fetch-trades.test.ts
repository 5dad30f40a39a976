import ccxt from 'ccxt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import type { SeriesKey } from '../../trainer/data/market-store.ts'
import { ALL_FAULTS, type FaultOptions } from '../fixtures/exchange/faults.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'
import { type Fetching, startFetching } from '../fixtures/fetching.ts'

const SPOT = 'BTC/USDT'
const PERPETUAL = 'BTC/USDT:USDT'
const markets = [SPOT, PERPETUAL].map((symbol, seed) => simulatedMarket(symbol, { candles: 200, seed }))
const startMs = markets[0].candles!.get('1h')![0].openTimeMs

const key = (exchange: string, symbol: string): SeriesKey => ({ exchange, symbol, kind: 'trade', timeframe: null })
const tradesOf = (symbol: string, beforeMs: number) =>
  markets.find(market => market.symbol === symbol)!.trades!.filter(t => t.timeMs < beforeMs)

let fetching: Fetching
// Binance allows one request for a perpetual's trades per second
beforeEach(() => void vi.spyOn(ccxt.binance.prototype, 'throttle').mockResolvedValue(undefined))
afterEach(async () => {
  vi.restoreAllMocks()
  await fetching.dispose()
})

/** Answers end early, begin late or lack rows more often than not. */
const CUT = { cutTail: 0.4, cutHead: 0.2, gaps: 0.1, emptyPage: 0.1 }
const SEEDS = [1, 2, 3, 4]

describe.each([SPOT, PERPETUAL])('trades of Binance, %s', symbol => {
  const trades = key('binance', symbol)

  it.each(SEEDS)('are all stored where one is complete, although answers are cut, seed %i', async seed => {
    fetching = await startFetching(markets, { seed, ...CUT })
    const nowMs = startMs + 150 * HOUR_MS
    const [{ error }] = await fetching.fetch([trades], startMs, nowMs)
    expect(error).toBeNull()
    expect(fetching.exchange.faultCounts.cutTail).toBeGreaterThan(0)
    expect(await fetching.rows(trades)).toEqual(tradesOf(symbol, nowMs))
    expect(await fetching.store.complete(trades)).toEqual([{ fromMs: startMs, toMs: nowMs - MINUTE_MS }])
  })

  it.each([
    ['answers are cut', CUT],
    ['every fault strikes', { ...ALL_FAULTS, timeout: 0, stalledBody: 0 }],
  ])('are all stored day by day, although %s', async (_, faults: Partial<FaultOptions>) => {
    fetching = await startFetching(markets, { seed: 6, ...faults })
    for (let day = 1; day <= 6; day++) {
      const nowMs = startMs + day * DAY_MS
      const [{ error }] = await fetching.fetch([trades], startMs, nowMs)
      expect(error).toBeNull()
      expect(await fetching.rows(trades)).toEqual(tradesOf(symbol, nowMs))
    }
  })
})

it('numbers show that no trade is missing before the end that is asked for: nothing is asked for twice then', async () => {
  fetching = await startFetching(markets)
  const trades = key('binance', SPOT)
  const period = { fromMs: startMs, toMs: startMs + 60 * HOUR_MS }
  await fetching.fetch([trades], startMs, startMs + 150 * HOUR_MS, { period })
  const asked = fetching.exchange.requests.filter(({ query }) => query.fromId !== undefined)
  expect(asked.map(({ query }) => Number(query.fromId))).toEqual([1000, 2000])
  expect(await fetching.store.complete(trades)).toEqual([period])
})

it.each([...SEEDS, 5, 6, 7])(
  'the newest that Bybit gives are all stored, although answers are cut, seed %i',
  async seed => {
    fetching = await startFetching(markets, { seed, ...CUT })
    const trades = key('bybit', PERPETUAL)
    const nowMs = startMs + 150 * HOUR_MS
    await fetching.fetch([trades], startMs, nowMs)
    const newest = tradesOf(PERPETUAL, nowMs + 1).slice(-1000)
    expect(await fetching.rows(trades)).toEqual(newest.filter(t => t.timeMs < nowMs))
    expect(await fetching.store.complete(trades)).toEqual([{ fromMs: newest[0].timeMs + 1, toMs: newest[999].timeMs }])
  },
)
