import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { toCandles } from '../../sdk/candle/series.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { ExchangeError } from '../../sdk/errors.ts'
import { HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { fetchCandles } from '../../trainer/data/fetch-candles.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import { hasMarketData, recordedSeries } from '../fixtures/market-data.ts'

const markets = new Map<string, readonly Candle[]>(
  simulateMarket({ symbols: ['BTC/USDT', 'ETH/USDT'], candles: 2600, timeframe: '1h', seed: 3 }),
)
if (hasMarketData('fetching recorded candles through ccxt; simulated ones are used')) {
  markets.set('SOL/USDT', toCandles(recordedSeries('SOLUSDT', 2600)))
}
const young = markets.get('ETH/USDT')!.slice(-30)
markets.set('YNG/USDT', young)

const simulated = markets.get('BTC/USDT')!
const inProgress = simulated[simulated.length - 1]
/** Twenty minutes into the newest simulated candle. */
const nowMs = inProgress.openTimeMs + 20 * MINUTE_MS
const offer = {
  markets: [...markets].map(([symbol, candles]) => ({ symbol, candles: new Map([['1h' as const, candles]]) })),
  now: () => nowMs,
}

let exchange: LoopbackExchange
beforeAll(async () => {
  exchange = await startLoopbackExchange(offer)
})
afterAll(() => exchange.close())

const ask = { exchange: 'binance', timeframe: '1h', timeoutMs: 10_000 } as const
const fetchHere = (symbols: string[], candles: number, onProgress?: (done: number, total: number) => void) =>
  fetchCandles({
    ...ask,
    symbols,
    candles,
    urls: exchange.urls('binance'),
    ...(onProgress ? { onProgress } : {}),
  })

describe('fetchCandles, through real ccxt', () => {
  it('gets exactly the closed candles of the exchange, and not the one in progress', async () => {
    const [btc, eth] = await fetchHere(['BTC/USDT', 'ETH/USDT'], 500)
    expect(btc).toEqual({
      exchange: 'binance',
      symbol: 'BTC/USDT',
      timeframe: '1h',
      candles: simulated.slice(-501, -1),
    })
    expect(eth.candles).toEqual(markets.get('ETH/USDT')!.slice(-501, -1))
    expect(btc.candles.at(-1)!.openTimeMs + HOUR_MS).toBeLessThanOrEqual(nowMs)
  })

  it('goes through as many pages as it takes, without a hole or a repetition', async () => {
    const before = exchange.requests.length
    const [{ candles }] = await fetchHere(['BTC/USDT'], 2500)
    expect(candles).toEqual(simulated.slice(-2501, -1))
    const pages = exchange.requests.slice(before).filter(({ path }) => path.endsWith('/klines'))
    expect(pages).toHaveLength(3)
  })

  it('gives what there is of a market younger than asked for', async () => {
    const [{ candles }] = await fetchHere(['YNG/USDT'], 2500)
    expect(candles).toEqual(young.slice(0, -1))
  })

  it.skipIf(!markets.has('SOL/USDT'))('gets recorded candles digit by digit', async () => {
    const recorded = markets.get('SOL/USDT')!
    const then = await startLoopbackExchange({
      ...offer,
      now: () => recorded[recorded.length - 1].openTimeMs + 1,
    })
    try {
      const [{ candles }] = await fetchCandles({
        ...ask,
        symbols: ['SOL/USDT'],
        candles: 1200,
        urls: then.urls('binance'),
      })
      expect(candles).toEqual(recorded.slice(-1201, -1))
    } finally {
      await then.close()
    }
  })

  it('reports progress in candles that ends at the total', async () => {
    const seen: [number, number][] = []
    await fetchHere(['BTC/USDT', 'ETH/USDT'], 1500, (done, total) => seen.push([done, total]))
    expect(seen.map(([done]) => done)).toEqual([1000, 1500, 2500, 3000])
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([3000]))
  })
})

describe('fetchCandles, when the exchange cannot help', () => {
  const failure = async (promise: Promise<unknown>): Promise<ExchangeError> => {
    const error = await promise.then(
      () => null,
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(ExchangeError)
    return error as ExchangeError
  }

  it('says that nobody listens there, and what the network said', async () => {
    const unused = createServer()
    const port = await new Promise<number>(done =>
      unused.listen(0, '127.0.0.1', () => done((unused.address() as { port: number }).port)),
    )
    await new Promise<void>(done => unused.close(() => done()))
    const error = await failure(
      fetchCandles({
        ...ask,
        symbols: ['BTC/USDT'],
        candles: 10,
        urls: { public: `http://127.0.0.1:${port}/api/v3` },
      }),
    )
    expect(error.code).toBe('EXCHANGE_UNREACHABLE')
    expect(error.message).toContain('binance cannot be reached')
    expect(error.details.exchange).toBe('binance')
    expect(error.details.cause).not.toBe('')
  })

  it('gives up on an exchange that accepts and stays silent', async () => {
    const silent = await startLoopbackExchange({ ...offer, delayMs: 60_000 })
    try {
      const error = await failure(
        fetchCandles({ ...ask, timeoutMs: 300, symbols: ['BTC/USDT'], candles: 10, urls: silent.urls('binance') }),
      )
      expect(error.code).toBe('EXCHANGE_UNREACHABLE')
      expect(error.details.timeoutMs).toBe(300)
    } finally {
      await silent.close()
    }
  })

  it('counts the answers before the first candle together: two slow ones are too late when one is not', async () => {
    const slow = await startLoopbackExchange({ ...offer, delayMs: 400 })
    try {
      const error = await failure(
        fetchCandles({ ...ask, timeoutMs: 600, symbols: ['BTC/USDT'], candles: 10, urls: slow.urls('binance') }),
      )
      expect(error.code).toBe('EXCHANGE_UNREACHABLE')
    } finally {
      await slow.close()
    }
  })

  it('names a symbol that the exchange does not list', async () => {
    const error = await failure(fetchHere(['BTC/USDT', 'NOPE/USDT'], 10))
    expect(error.code).toBe('UNKNOWN_SYMBOL')
    expect(error.message).toContain('"NOPE/USDT"')
  })

  it('names an exchange that does not exist', async () => {
    const error = await failure(fetchCandles({ ...ask, exchange: 'binanec', symbols: ['BTC/USDT'], candles: 10 }))
    expect(error.code).toBe('UNKNOWN_EXCHANGE')
    expect(error.message).toContain('"binanec"')
  })
})
