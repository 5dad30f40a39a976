import ccxt from 'ccxt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { type DataKind, KINDS } from '../../trainer/data/kind.ts'
import type { SeriesKey } from '../../trainer/data/market-store.ts'
import { ALL_FAULTS, type FaultOptions } from '../fixtures/exchange/faults.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'
import { type Fetching, startFetching } from '../fixtures/fetching.ts'

const PERPETUAL = 'BTC/USDT:USDT'
const DAYS = 20
const market = simulatedMarket(PERPETUAL, { candles: 24 * DAYS + 1, seed: 3 })
const startMs = market.candles!.get('1h')![0].openTimeMs

const key = (exchange: string, kind: DataKind): SeriesKey => ({
  exchange,
  symbol: PERPETUAL,
  kind,
  timeframe: KINDS[kind].hasTimeframe ? '1h' : null,
})

/** What a store has to hold of it. Bybit does not tell what open interest is worth. */
function truth({ exchange, kind }: SeriesKey, beforeMs: number): { timeMs: number }[] {
  const interest = market.openInterest!.get('1h')!
  const rows = {
    funding: market.funding,
    liquidation: market.liquidations,
    openInterest: exchange === 'bybit' ? interest.map(sample => ({ ...sample, quote: Number.NaN })) : interest,
  }
  const ofKind: readonly { readonly timeMs: number }[] = rows[kind as keyof typeof rows]!
  return ofKind.filter(row => row.timeMs < beforeMs)
}

let fetching: Fetching
// Bitfinex allows three requests a minute
beforeEach(() => {
  for (const { prototype } of [ccxt.binance, ccxt.bybit, ccxt.bitfinex])
    vi.spyOn(prototype, 'throttle').mockResolvedValue(undefined)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await fetching.dispose()
})

const CUT = { cutTail: 0.25, cutHead: 0.25, gaps: 0.25, emptyPage: 0.1 }
const EVERY = { ...ALL_FAULTS, timeout: 0, stalledBody: 0 }

describe.each([
  key('binance', 'funding'),
  key('bybit', 'funding'),
  key('binance', 'openInterest'),
  key('bybit', 'openInterest'),
  key('bitfinex', 'liquidation'),
])('$kind of $exchange', series => {
  it.each([1, 2, 3])('is all stored where it is complete, although answers lack rows, seed %i', async seed => {
    fetching = await startFetching([market], { seed, ...CUT })
    const nowMs = startMs + DAYS * DAY_MS
    const [{ error }] = await fetching.fetch([series], startMs, nowMs)
    expect(error).toBeNull()
    expect(await fetching.rows(series)).toEqual(truth(series, nowMs))
  })

  it.each([
    ['answers lack rows', 1, CUT],
    ['answers lack rows', 2, CUT],
    ['every fault strikes', 3, EVERY],
    ['every fault strikes', 4, EVERY],
  ])('is all stored day by day, although %s, seed %i', async (_, seed, faults: Partial<FaultOptions>) => {
    fetching = await startFetching([market], { ...faults, seed })
    for (let day = 1; day <= DAYS; day++) {
      const nowMs = startMs + day * DAY_MS + 10 * MINUTE_MS
      const [{ error }] = await fetching.fetch([series], startMs, nowMs)
      expect(error).toBeNull()
      expect(await fetching.rows(series)).toEqual(truth(series, nowMs))
    }
  })
})

it('asks once for a page of funding payments that come regularly, and three times for a few of them', async () => {
  fetching = await startFetching([market])
  const funding = key('binance', 'funding')
  const asked = (): number => fetching.exchange.requests.filter(({ path }) => path.endsWith('/fundingRate')).length
  await fetching.fetch([funding], startMs, startMs + 10 * DAY_MS + HOUR_MS)
  expect(asked()).toBe(1)
  await fetching.fetch([funding], startMs, startMs + 11 * DAY_MS + HOUR_MS)
  expect(asked()).toBe(1 + 3)
})

it('repeats what a gateway of Bitfinex answers with a page of HTML or a rate limit, which ccxt takes for refusals', async () => {
  const faults = { seed: 1, serverError: 0.4, banned: 0.3, retryAfterSeconds: 0 }
  fetching = await startFetching([market], faults)
  const series = key('bitfinex', 'liquidation')
  for (let day = 1; day <= 5; day++) {
    const [{ error }] = await fetching.fetch([series], startMs, startMs + day * DAY_MS)
    expect(error).toBeNull()
  }
  expect(fetching.exchange.faultCounts.serverError).toBeGreaterThan(10)
  expect(await fetching.rows(series)).toEqual(truth(series, startMs + 5 * DAY_MS))
})
