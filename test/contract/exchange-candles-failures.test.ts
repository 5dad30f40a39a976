import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import ccxt from 'ccxt'
import { afterAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { AbortedError, EdgeQuantError, ExchangeError } from '../../sdk/errors.ts'
import { exchangeCandleSource } from '../../sdk/source/exchange/exchange-candle-source.ts'
import { type ExchangeOptions, openExchange, type Retry } from '../../sdk/source/exchange/exchange-session.ts'
import { loadCandles } from '../../sdk/source/load-candles.ts'
import { HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { pagesOf } from '../fixtures/candle-pages.ts'
import {
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  startLoopbackExchange,
} from '../fixtures/exchange/loopback-exchange.ts'

const symbols = ['BTC/USDT', 'ETH/USDT', 'BTC/USDC', 'LUNC/USDT']
const markets = [...simulateMarket({ symbols, candles: 100, timeframe: '1h', seed: 4 })].map(([symbol, candles]) => ({
  symbol,
  candles: new Map([['1h', candles] as const]),
}))
const candles = markets[0].candles.get('1h')!
const nowMs = candles[candles.length - 1].openTimeMs + 1
const newest = { symbol: 'BTC/USDT', timeframe: '1h', candles: 50, nowMs } as const

const running: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(running.map(exchange => exchange.close())))

async function start(o: Partial<LoopbackExchangeOptions> = {}): Promise<LoopbackExchange> {
  const exchange = await startLoopbackExchange({ markets, now: () => nowMs, ...o })
  running.push(exchange)
  return exchange
}

const patient = { timeoutMs: 5000, backoff: { firstMs: 2, longestMs: 20 }, now: () => nowMs }
const binance = (e: LoopbackExchange, o: Partial<ExchangeOptions> = {}): ExchangeOptions => ({
  exchange: 'binance',
  urls: e.urls('binance'),
  marketType: 'spot',
  ...patient,
  ...o,
})

async function failure(work: Promise<unknown>): Promise<EdgeQuantError> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(EdgeQuantError)
  return error as EdgeQuantError
}

/** An exchange that answers every request in the same way. */
async function startAnswering(status: number, headers: Record<string, string>, body: string) {
  const atMs: number[] = []
  const server = createServer((_, response) => {
    atMs.push(performance.now())
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  running.push({
    close: () =>
      new Promise(done => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options: ExchangeOptions = { exchange: 'binance', urls: { public: url }, marketType: 'spot', ...patient }
  return { atMs, options }
}

describe.concurrent('Retry-After', () => {
  it('is waited for before anything is asked again', async () => {
    const faults = { seed: 3, rateLimited: 0.5, retryAfterSeconds: 0.4 }
    const exchange = await start({ faults })
    const retries: Retry[] = []
    await loadCandles(exchangeCandleSource(binance(exchange, { onRetry: retry => retries.push(retry) })), newest)
    const { requests } = exchange
    const limited = requests.flatMap((request, i) => (request.status === 429 ? [i] : []))
    expect(limited.length).toBeGreaterThan(0)
    // its clock counts whole milliseconds
    for (const i of limited) expect(requests[i + 1].atMs - requests[i].atMs).toBeGreaterThanOrEqual(400 - 1)
    expect(retries).toHaveLength(limited.length)
    for (const retry of retries) {
      expect(retry).toMatchObject({ exchange: 'binance', asked: true, attempt: expect.any(Number) })
      expect(retry.cause).toContain('429')
    }
  })

  it('holds back whatever the session is asked meanwhile', async () => {
    const exchange = await start()
    let heard = (): void => {}
    const told = new Promise<number>(done => {
      heard = () => done(Date.now())
    })
    const session = await openExchange(binance(exchange, { onRetry: () => heard() }))
    const before = exchange.requests.length
    const limit = await startAnswering(
      429,
      { 'retry-after': '2', 'content-type': 'application/json' },
      '{"code":-1003}',
    )
    const limited = new AbortController()
    const asking = session.ask(
      'something',
      () => session.client.fetch(`${limit.options.urls?.public}/x`, 'GET'),
      limited,
    )
    asking.catch(() => {})
    const toldAtMs = await told
    await session.ask('the time', () => session.client.fetchTime())
    limited.abort()
    // of two seconds; the rest may have gone by before we noted the time
    expect(exchange.requests[before].atMs - toldAtMs).toBeGreaterThanOrEqual(1000)
  })

  it('that is too long ends in RATE_LIMITED, which says how long, without another request', async () => {
    const { atMs, options } = await startAnswering(418, { 'retry-after': '7200' }, '{"code":-1003,"msg":"banned"}')
    const error = await failure(openExchange(options))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { exchange: 'binance' } })
    expect(error.message).toContain('7200 s')
    expect(atMs).toHaveLength(1)
  })
})

describe.concurrent('an exchange that cannot help', () => {
  it('and is offline is EXCHANGE_UNREACHABLE after all repetitions, in the words of the network', async () => {
    const exchange = await start()
    exchange.setOffline(true)
    const error = await failure(openExchange(binance(exchange, { retries: 3 })))
    expect(error).toMatchObject({ code: 'EXCHANGE_UNREACHABLE', details: { exchange: 'binance', attempts: 4 } })
    expect(error.message).toContain('after 4 attempts')
    expect(error.details.cause).toMatch(/fetch failed|other side closed/)
  })

  it('goes offline after the first page: that page is given, the rest is an error, and is had when it is back', async () => {
    const long = simulateMarket({ symbols: ['BTC/USDT'], candles: 2100, timeframe: '1h', seed: 4 }).get('BTC/USDT')!
    const thenMs = long[2099].openTimeMs + 1
    const exchange = await start({
      markets: [{ symbol: 'BTC/USDT', candles: new Map([['1h', long]]) }],
      now: () => thenMs,
    })
    const source = exchangeCandleSource(binance(exchange, { retries: 2, now: () => thenMs }))
    const request = { symbol: 'BTC/USDT', timeframe: '1h', fromMs: long[0].openTimeMs, toMs: thenMs } as const
    const got: number[] = []
    const reading = (async () => {
      for await (const page of source.pages(request)) {
        got.push(...page.candles.map(c => c.openTimeMs))
        exchange.setOffline(true)
      }
    })()
    expect((await failure(reading)).code).toBe('EXCHANGE_UNREACHABLE')
    expect(got).toEqual(long.slice(0, 1000).map(c => c.openTimeMs))
    exchange.setOffline(false)
    const rest = await pagesOf(source, { ...request, fromMs: long[1000].openTimeMs })
    expect(rest.flatMap(page => page.candles)).toEqual(long.slice(1000, -1))
  })

  it('and stays silent is EXCHANGE_UNREACHABLE within the limit for first contact', async () => {
    const exchange = await start({ faults: { seed: 1, timeout: 1, heal: 1000 } })
    const error = await failure(openExchange(binance(exchange, { firstContactMs: 300 })))
    expect(error.code).toBe('EXCHANGE_UNREACHABLE')
    expect(error.message).toContain('no answer within 300 ms')
  })

  it('and refuses connections is not tried more than three times where first contact is limited', async () => {
    const exchange = await start()
    exchange.setOffline(true)
    const retries: Retry[] = []
    const options = binance(exchange, { firstContactMs: 20_000, onRetry: retry => retries.push(retry) })
    expect((await failure(openExchange(options))).code).toBe('EXCHANGE_UNREACHABLE')
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it.each([
    ['a page of HTML', 'text/html', '<html>Please log in</html>'],
    ['half of its JSON', 'application/json', '{"timezone":"UTC","symbols":['],
    ['nothing', 'application/json', ''],
  ])('and answers with %s is BAD_ANSWER after all repetitions', async (_, type, body) => {
    const { atMs, options } = await startAnswering(200, { 'content-type': type }, body)
    const error = await failure(openExchange({ ...options, retries: 2 }))
    expect(error).toMatchObject({ code: 'BAD_ANSWER', details: { attempts: 3 } })
    expect(error.message).toContain('not whole JSON')
    expect(atMs).toHaveLength(3)
  })

  it.each([
    [451, 'EXCHANGE_REFUSED'],
    [404, 'EXCHANGE_REFUSED'],
    [401, 'CREDENTIALS_MISSING'],
  ])('and answers with status %i is %s at once', async (status, code) => {
    const { atMs, options } = await startAnswering(status, {}, 'no')
    const error = await failure(openExchange(options))
    expect(error.code).toBe(code)
    expect(atMs).toHaveLength(1)
  })

  it('and wants an API key is CREDENTIALS_MISSING, which names the variables', async () => {
    const session = await openExchange(binance(await start()))
    const client = session.client as unknown as { publicGetHistoricalTrades(query: object): Promise<unknown> }
    const asking = session.ask('old trades', () => client.publicGetHistoricalTrades({ symbol: 'BTCUSDT' }))
    const error = await failure(asking)
    expect(error.code).toBe('CREDENTIALS_MISSING')
    expect(error.message).toContain('EDGEQUANT_BINANCE_API_KEY')
    expect(error.message).toContain('EDGEQUANT_BINANCE_SECRET')
  })

  it.each([2, -2])('whose clock is %i minutes off is CLOCK_OFF, which quotes both clocks', async minutes => {
    const exchange = await start({ now: () => nowMs + minutes * MINUTE_MS })
    const error = await failure(openExchange(binance(exchange)))
    expect(error.code).toBe('CLOCK_OFF')
    for (const ms of [nowMs, nowMs + minutes * MINUTE_MS]) {
      expect(error.message).toContain(new Date(ms).toISOString())
    }
    expect(error.message).toContain('120 s apart')
  })

  it('whose clock is half a minute behind decides what is closed', async () => {
    const halfMinuteAgo = await start({ now: () => nowMs - 30_000 })
    const early = await loadCandles(exchangeCandleSource(binance(halfMinuteAgo)), newest)
    expect(early.at(-1)).toEqual(candles[candles.length - 3])
    const inTime = await loadCandles(exchangeCandleSource(binance(await start())), newest)
    expect(inTime.at(-1)).toEqual(candles[candles.length - 2])
  })
})

describe.concurrent('a request that is wrong', () => {
  const asking = async (request: Partial<typeof newest | { symbol: string; timeframe: string }>) =>
    failure(loadCandles(exchangeCandleSource(binance(await start())), { ...newest, ...request } as typeof newest))

  it.each([
    ['LUNA/USDT', 'LUNC/USDT'],
    ['BTCUSDT', 'BTC/USDT'],
    ['BTC/USD', 'BTC/USDT, BTC/USDC'],
    ['btc/usdt', 'BTC/USDT'],
  ])('for %s is UNKNOWN_SYMBOL and names what is listed: %s', async (symbol, nearest) => {
    const error = await asking({ symbol })
    expect(error.code).toBe('UNKNOWN_SYMBOL')
    expect(error.message).toContain(`"${symbol}"`)
    expect((error.details.nearest as string[]).join(', ').startsWith(nearest.split(', ')[0].slice(0, 3))).toBe(true)
    expect(error.message).toContain(nearest.split(', ')[0])
  })

  it('for a timeframe that it does not have is UNSUPPORTED_TIMEFRAME and names those that it has', async () => {
    const error = await asking({ timeframe: '7m' })
    expect(error.code).toBe('UNSUPPORTED_TIMEFRAME')
    expect(error.message).toContain('15m')
  })

  it('for an exchange that does not exist is UNKNOWN_EXCHANGE and names the nearest', async () => {
    const error = await failure(openExchange({ exchange: 'binanec' }))
    expect(error.code).toBe('UNKNOWN_EXCHANGE')
    expect(error.details.nearest).toContain('binance')
  })

  it('for a time before the market is NO_CANDLES', async () => {
    const fromMs = candles[0].openTimeMs - 5 * HOUR_MS
    const source = exchangeCandleSource(binance(await start()))
    const request = { symbol: 'BTC/USDT', timeframe: '1h', fromMs, toMs: fromMs + 3 * HOUR_MS } as const
    expect((await failure(loadCandles(source, request))).code).toBe('NO_CANDLES')
  })

  it('that begins and ends between two opening times is complete from where it begins', async () => {
    const source = exchangeCandleSource(binance(await start()))
    const [first] = candles
    const fromMs = first.openTimeMs + 1
    const request = { symbol: 'BTC/USDT', timeframe: '1h', fromMs, toMs: first.openTimeMs + 2.5 * HOUR_MS } as const
    const [page, ...more] = await pagesOf(source, request)
    expect(page).toEqual({
      candles: candles.slice(1, 3),
      complete: { fromMs, toMs: first.openTimeMs + 3 * HOUR_MS },
    })
    expect(more).toEqual([])
  })

  it('of a time to come gives no page', async () => {
    const source = exchangeCandleSource(binance(await start()))
    const request = { symbol: 'BTC/USDT', timeframe: '1h', fromMs: nowMs, toMs: nowMs + HOUR_MS } as const
    expect(await pagesOf(source, request)).toEqual([])
  })
})

describe.concurrent('abort', () => {
  it('ends a request that is not answered', async () => {
    const exchange = await start({ delayMs: 60_000 })
    const controller = new AbortController()
    const loading = loadCandles(exchangeCandleSource(binance(exchange, { timeoutMs: 120_000 })), newest, {
      signal: controller.signal,
    })
    while (exchange.requests.length === 0) await new Promise(done => setTimeout(done, 5))
    controller.abort()
    await expect(loading).rejects.toBeInstanceOf(AbortedError)
  })

  it.each(['request', 'session'])('by the signal of the %s ends a wait that the exchange asked for', async whose => {
    const { atMs, options } = await startAnswering(429, { 'retry-after': '300' }, '{"code":-1003}')
    const controller = new AbortController()
    const { signal } = controller
    const onRetry = (): void => controller.abort()
    const session = whose === 'session' ? { signal } : {}
    const loading = loadCandles(exchangeCandleSource({ ...options, ...session, onRetry }), newest, {
      ...(whose === 'request' ? { signal } : {}),
    })
    await expect(loading).rejects.toBeInstanceOf(AbortedError)
    expect(atMs).toHaveLength(1)
  })

  it('of one request leaves the session to others', async () => {
    const exchange = await start()
    const source = exchangeCandleSource(binance(exchange))
    const controller = new AbortController()
    controller.abort()
    const aborted = loadCandles(source, newest, { signal: controller.signal })
    const whole = loadCandles(source, newest)
    await expect(aborted).rejects.toBeInstanceOf(AbortedError)
    expect(await whole).toEqual(candles.slice(-51, -1).filter(c => c.openTimeMs < nowMs - HOUR_MS + 1))
  })
})

it('a client that is passed in is judged by what it is asked for here: what else its owner sends goes through as before', async () => {
  const exchange = await start()
  const { options } = await startAnswering(200, {}, '')
  const client = new ccxt.binance({ options: { fetchMarkets: { types: ['spot'] } } })
  const urls = client.urls as { api: Record<string, string> }
  urls.api = { ...urls.api, ...exchange.urls('binance') }
  const session = await openExchange({ ...patient, exchange: client })
  const url = options.urls!.public
  expect(await session.client.fetch(url, 'POST', {}, '{}')).toBe('')
  await expect(session.client.fetch(url, 'GET')).rejects.toThrow('not whole JSON')
})

it('a source whose session could not be opened tries again with the next request', async () => {
  const exchange = await start()
  const source = exchangeCandleSource(binance(exchange, { retries: 0 }))
  exchange.setOffline(true)
  expect(await failure(loadCandles(source, newest))).toBeInstanceOf(ExchangeError)
  exchange.setOffline(false)
  expect(await loadCandles(source, newest)).toHaveLength(50)
})
