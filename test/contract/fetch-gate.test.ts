import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TimeRange } from '../../sdk/candle/time-ranges.ts'
import { HOUR_MS, SECOND_MS } from '../../sdk/units.ts'
import { fetchMarketData } from '../../trainer/data/exchange/fetch-market-data.ts'
import type { StoredTable } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'

/** 2023-10-08T03:00:00Z, around the record in ccxt's own sample. */
const startS = 1_696_734_000
/** A long position of 600 contracts was closed: the forced order sold. */
const SALE = {
  time: startS + 10,
  contract: 'BTC_USDT',
  size: 600,
  order_price: '27900',
  fill_price: '27910.5',
  left: 0,
}
const ORDERS = [
  // in equal parts, within one second
  SALE,
  SALE,
  { time: startS + 2732, contract: 'BTC_USDT', size: -165, order_price: '28225', fill_price: '28070', left: 0 },
  { time: startS + 5000, contract: 'BTC_USDT', size: -20, order_price: '28300', fill_price: '28310', left: 5 },
]
const trade = (id: string, side: string) => ({
  id,
  create_time_ms: `${(startS + Number(id)) * SECOND_MS}.5`,
  currency_pair: 'BTC_USDT',
  side,
  amount: '0.5',
  price: '27900',
})
const TRADES = [trade('1', 'buy'), trade('2', 'sell'), trade('3', 'none')]
const PAIR = {
  id: 'BTC_USDT',
  base: 'BTC',
  quote: 'USDT',
  fee: '0.2',
  amount_precision: 4,
  precision: 1,
  trade_status: 'tradable',
}
const CONTRACT = {
  name: 'BTC_USDT',
  type: 'direct',
  quanto_multiplier: '0.0001',
  order_price_round: '0.1',
  order_size_min: 1,
  order_size_max: 1_000_000,
  mark_price_round: '0.01',
  maker_fee_rate: '-0.0002',
  taker_fee_rate: '0.0005',
  in_delisting: false,
  status: 'trading',
}

/** As much of Gate's REST API as liquidations need. @see https://www.gate.io/docs/developers/apiv4/ */
const asked: { from: number; to: number }[] = []
const askedLimits: (string | null)[] = []
const server: Server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const answer = (): unknown => {
    switch (pathname.replace('/api/v4', '')) {
      case '/futures/usdt/contracts':
        return [CONTRACT]
      case '/spot/time':
        return { server_time: Date.now() }
      case '/futures/usdt/liq_orders': {
        const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))]
        asked.push({ from, to })
        return ORDERS.filter(({ time }) => time >= from && time <= to).reverse()
      }
      case '/spot/currency_pairs':
        return [PAIR]
      case '/spot/trades':
        askedLimits.push(searchParams.get('limit'))
        return TRADES
      default:
        return []
    }
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()))
})

let folder: string
beforeAll(async () => {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  folder = await mkdtemp(join(tmpdir(), 'edgequant-gate-'))
})
afterAll(async () => {
  await new Promise(done => server.close(done))
  await rm(folder, { recursive: true })
})

const period = { fromMs: startS * SECOND_MS, toMs: startS * SECOND_MS + 2 * HOUR_MS }

/** What is stored of one series, and what of it is complete. */
async function fetched(
  exchange: string,
  symbol: string,
  kind: 'liquidation' | 'trade',
): Promise<[StoredTable, TimeRange[]]> {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`
  const urls = { 'public.futures': base, 'public.spot': base, 'public.margin': base, 'public.delivery': base }
  const store = await openParquetStore(folder)
  const key = { exchange, symbol, kind, timeframe: null } as const
  const backoff = { firstMs: 1, longestMs: 2 }
  try {
    const [{ error }] = await fetchMarketData({ store, series: [key], period, urls: { [exchange]: urls }, backoff })
    expect(error).toBeNull()
    return [await store.read(key), await store.complete(key)]
  } finally {
    await store.close()
  }
}

describe('liquidations of Gate', () => {
  it('are asked for in seconds, an hour at a time, and stored as the forced orders, in base currency', async () => {
    const [{ columns }, complete] = await fetched('gate', 'BTC/USDT:USDT', 'liquidation')
    expect(asked.every(({ from, to }) => to - from < 3600)).toBe(true)
    expect(Math.min(...asked.map(({ from }) => from))).toBe(startS)
    expect(complete).toEqual([period])
    // what is alike is numbered; contracts of 0.0001 BTC; of the last one, 5 of 20 were left
    expect({ ...columns }).toEqual({
      timeMs: Float64Array.from(ORDERS, ({ time }) => time * SECOND_MS),
      id: ['sell 27910.5 0.06', 'sell 27910.5 0.06 #2', 'buy 28070 0.0165', 'buy 28310 0.0015'],
      price: Float64Array.of(27910.5, 27910.5, 28070, 28310),
      quantity: Float64Array.of(0.06, 0.06, 0.0165, 0.0015),
      side: Float64Array.of(-1, -1, 1, 1),
    })
  })
})

describe('trades of an exchange whose limit is not known', () => {
  it('are asked for without one, and of a side that is not known have none', async () => {
    const [{ columns }] = await fetched('gateeu', 'BTC/USDT', 'trade')
    expect(new Set(askedLimits)).toEqual(new Set([null]))
    expect(columns.id).toEqual(['1', '2', '3'])
    expect(columns.side).toEqual(Float64Array.of(1, -1, 0))
  })
})
