import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../sdk/units.ts'
import { fetchMarketData } from '../../trainer/data/exchange/fetch-market-data.ts'
import type { Snapshots } from '../../trainer/data/exchange/series-pages.ts'
import type { MarketStore } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import type { BookSnapshot } from '../fixtures/exchange/loopback-market.ts'

const key = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'book', timeframe: null } as const

let folder: string
let store: MarketStore
const exchanges: LoopbackExchange[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-books-'))
  store = await openParquetStore(folder)
})
afterEach(async () => {
  await store.close()
  for (const exchange of exchanges.splice(0)) await exchange.close()
  await rm(folder, { recursive: true })
})

/** Each book is served until it has been asked for once; the last one, ever after. */
async function serve(books: readonly Omit<BookSnapshot, 'timeMs'>[]): Promise<LoopbackExchange> {
  const startMs = Date.now() - MINUTE_MS / 2
  const timed = books.map((book, i) => ({ ...book, timeMs: startMs + i }))
  const asked = (): number => exchange.requests.filter(({ path }) => path.endsWith('/depth')).length
  const exchange = await startLoopbackExchange({
    markets: [{ symbol: 'BTC/USDT', book: timed }],
    now: () => startMs + Math.min(books.length, Math.max(1, asked())) - 1,
  })
  exchanges.push(exchange)
  return exchange
}

const take = (exchange: LoopbackExchange, snapshots: Snapshots, retries = 5) =>
  fetchMarketData({
    store,
    series: [key],
    period: { fromMs: 0, toMs: Date.now() },
    urls: { binance: exchange.urls('binance') },
    snapshots,
    backoff: { firstMs: 1, longestMs: 2 },
    retries,
  })

const SOUND = { bids: [[100, 3] as const, [99, 1] as const], asks: [[101, 1] as const] }

describe('order books', () => {
  it('of fewer than ten levels have no values in the others', async () => {
    await take(await serve([SOUND]), { count: 1, everyMs: 1 })
    const { columns } = await store.read(key)
    // by hand: mid 100.5, spread 1 / 100.5, depths 4 and 1, imbalance 3 / 5
    expect(columns.midPrice[0]).toBe(100.5)
    expect(columns.spreadBps[0]).toBeCloseTo(99.50249, 5)
    expect([columns.bidDepth[0], columns.askDepth[0], columns.imbalance[0]]).toEqual([4, 1, 0.6])
    expect([columns.bidPrice2[0], columns.bidQuantity2[0]]).toEqual([99, 1])
    expect([columns.bidPrice3[0], columns.askPrice2[0], columns.askQuantity10[0]]).toEqual([NaN, NaN, NaN])
  })

  it.each([
    ['crossed', { bids: [[102, 1] as const], asks: [[101, 1] as const] }],
    ['empty on one side', { bids: [[100, 1] as const], asks: [] }],
  ])('that are %s are refused and asked for again', async (_, wrong) => {
    const exchange = await serve([wrong, wrong, SOUND])
    const [{ error, rowsFetched }] = await take(exchange, { count: 1, everyMs: 1 })
    expect([error, rowsFetched]).toEqual([null, 1])
    expect((await store.read(key)).columns.midPrice[0]).toBe(100.5)
  })

  it('that stay crossed are an error that quotes them, and nothing is stored', async () => {
    const exchange = await serve([{ bids: [[102, 1]], asks: [[101, 1]] }])
    const [{ error }] = await take(exchange, { count: 1, everyMs: 1 }, 2)
    expect(error).toMatchObject({ code: 'BAD_ANSWER' })
    expect(error?.message).toContain('a crossed book: bid 102, ask 101')
    expect(await store.list()).toEqual([])
  })

  it('are taken as many as asked for, one after the other', async () => {
    const exchange = await serve([SOUND])
    const [{ rowsFetched }] = await take(exchange, { count: 4, everyMs: 20 })
    const times = Array.from((await store.read(key)).columns.timeMs, Number)
    expect(rowsFetched).toBe(4)
    // each begins so long after the first as it should, or later
    for (const [i, timeMs] of times.entries()) expect(timeMs - times[0]).toBeGreaterThanOrEqual(20 * (i - 1))
    expect(exchange.requests.filter(({ path }) => path.endsWith('/depth'))).toHaveLength(4)
  })
})
