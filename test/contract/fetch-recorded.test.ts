import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { fetchMarketData } from '../../trainer/data/exchange/fetch-market-data.ts'
import type { DataKind } from '../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import type { LoopbackMarket } from '../fixtures/exchange/loopback-market.ts'
import {
  hasMarketData,
  recordedBook,
  recordedFunding,
  recordedOpenInterest,
  recordedTrades,
} from '../fixtures/market-data.ts'

let folder: string
let store: MarketStore
const exchanges: LoopbackExchange[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-recorded-'))
  store = await openParquetStore(folder)
})
afterEach(async () => {
  await store.close()
  for (const exchange of exchanges.splice(0)) await exchange.close()
  await rm(folder, { recursive: true })
})

/** Fetches one kind of a market through real ccxt, at a time of the recording. */
async function fetchRecorded(market: LoopbackMarket, kind: DataKind, fromMs: number, nowMs: number) {
  const exchange = await startLoopbackExchange({ markets: [market], now: () => nowMs })
  exchanges.push(exchange)
  const timeframe = kind === 'openInterest' ? '1h' : null
  const key: SeriesKey = { exchange: 'binance', symbol: market.symbol, kind, timeframe }
  const [{ error }] = await fetchMarketData({
    store,
    series: [key],
    period: { fromMs, toMs: nowMs },
    urls: { binance: exchange.urls('binance') },
    backoff: { firstMs: 1, longestMs: 10 },
    now: () => nowMs,
  })
  expect(error).toBeNull()
  const { length, columns } = await store.read(key)
  const rows = Array.from({ length }, (_, i) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])),
  )
  return { rows, complete: await store.complete(key) }
}

describe.skipIf(!hasMarketData('fetching recorded funding, open interest, trades and books through ccxt'))(
  'recorded market data, served by the loopback exchange and fetched through ccxt',
  () => {
    it.each(['BTC', 'TON'])(
      'has every funding rate of %s, holes and times that are milliseconds late included',
      async base => {
        const funding = recordedFunding(`${base}USDT`)
        const nowMs = funding[funding.length - 1].timeMs + HOUR_MS
        const { rows, complete } = await fetchRecorded(
          { symbol: `${base}/USDT:USDT`, funding },
          'funding',
          funding[0].timeMs,
          nowMs,
        )
        expect(rows).toEqual(funding)
        expect(complete).toEqual([{ fromMs: funding[0].timeMs, toMs: nowMs - HOUR_MS + 1 }])
      },
    )

    it('has the week of open interest', async () => {
      const samples = recordedOpenInterest()
      const { rows } = await fetchRecorded(
        { symbol: 'BTC/USDT:USDT', openInterest: new Map([['1h', samples]]) },
        'openInterest',
        samples[0].timeMs,
        samples[samples.length - 1].timeMs + MINUTE_MS,
      )
      expect(rows).toEqual(samples)
    })

    it('has every trade of two minutes', async () => {
      const trades = recordedTrades('spot', 'BTCUSDT')
      const fromMs = trades[0].timeMs + MINUTE_MS
      const { rows } = await fetchRecorded({ symbol: 'BTC/USDT', trades }, 'trade', fromMs, fromMs + 2 * MINUTE_MS)
      const expected = trades.filter(t => t.timeMs >= fromMs && t.timeMs < fromMs + 2 * MINUTE_MS)
      expect(expected.length).toBeGreaterThan(1000)
      expect(rows).toEqual(expected)
    })

    it('has the ten best levels of a book', async () => {
      const book = recordedBook('usdm', 'BTCUSDT').slice(0, 500)
      const { timeMs, bids, asks } = book[499]
      const { rows } = await fetchRecorded({ symbol: 'BTC/USDT:USDT', book }, 'book', timeMs, timeMs)
      expect(rows[0].timeMs).toBe(timeMs)
      const side = (name: string) =>
        Array.from({ length: 10 }, (_, i) => [rows[0][`${name}Price${i + 1}`], rows[0][`${name}Quantity${i + 1}`]])
      expect(side('bid')).toEqual(bids)
      expect(side('ask')).toEqual(asks)
    })
  },
)
