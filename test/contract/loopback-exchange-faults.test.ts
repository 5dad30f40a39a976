import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { ALL_FAULTS, type FaultName, type FaultOptions } from '../fixtures/exchange/faults.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const markets = SYMBOLS.map((symbol, seed) => simulatedMarket(symbol, { candles: 200, seed }))
const candles = markets[0].candles!.get('1h')!
const endMs = candles.at(-1)!.openTimeMs + HOUR_MS
const times = (rows: readonly Candle[]) => rows.map(c => c.openTimeMs)

/** Long after the last candle closed. */
let nowMs = endMs + 100 * HOUR_MS
let exchange: LoopbackExchange | undefined
afterEach(async () => {
  nowMs = endMs + 100 * HOUR_MS
  await exchange?.close()
})

async function start(faults: Partial<FaultOptions>): Promise<LoopbackExchange> {
  await exchange?.close()
  exchange = await startLoopbackExchange({ markets, now: () => nowMs, faults: { seed: 1, ...faults } })
  return exchange
}

/** A fault that strikes whenever it can. */
const always = (fault: FaultName, o: Partial<FaultOptions> = {}) =>
  start({ [fault]: 1, heal: Number.POSITIVE_INFINITY, ...o })

/** Candles 50 to 149 of a symbol, of Binance. */
const ask = (at: LoopbackExchange, symbol = 'BTCUSDT', signal?: AbortSignal): Promise<Response> =>
  fetch(
    `${at.urls('binance').public}/klines?symbol=${symbol}&interval=1h&startTime=${candles[50].openTimeMs}&limit=100`,
    signal ? { signal } : {},
  )
const page = candles.slice(50, 150)
const rowTimes = async (response: Response): Promise<number[]> => ((await response.json()) as [number][]).map(r => r[0])

/** Of Bybit, newest first. */
const askBybit = (at: LoopbackExchange): Promise<Response> =>
  fetch(
    `${at.urls('bybit').public}/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&start=${candles[50].openTimeMs}&limit=100`,
  )

describe('faults of the way', () => {
  it('rateLimited: Binance says 429 and when to come back', async () => {
    const at = await always('rateLimited', { retryAfterSeconds: 0.25 })
    const response = await ask(at)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '0.25'])
    expect(((await response.json()) as { code: number }).code).toBe(-1003)
    expect(at.faultCounts.rateLimited).toBe(1)
    expect(at.requests[0]).toMatchObject({ path: '/api/v3/klines', status: 429, fault: 'rateLimited' })
    expect(at.requests[0].query.symbol).toBe('BTCUSDT')
  })

  it('rateLimited: Bybit says so with status 200, in its own words', async () => {
    const response = await askBybit(await always('rateLimited', { retryAfterSeconds: 7 }))
    expect(response.status).toBe(200)
    expect(response.headers.get('x-bapi-limit-reset-timestamp')).toBe(String(nowMs + 7000))
    expect(((await response.json()) as { retCode: number }).retCode).toBe(10006)
  })

  it('banned: Binance says 418 and until when; Bybit says 403', async () => {
    const at = await always('banned', { retryAfterSeconds: 2 })
    const response = await ask(at)
    expect([response.status, response.headers.get('retry-after')]).toEqual([418, '2'])
    expect(((await response.json()) as { msg: string }).msg).toContain(`banned until ${nowMs + 2000}`)
    expect((await askBybit(at)).status).toBe(403)
  })

  it('serverError: 500, 502, 503 and 504, some with a page of HTML and some with JSON', async () => {
    const at = await always('serverError')
    const seen = new Set<string>()
    for (let i = 0; i < 60; i++) {
      const response = await ask(at)
      seen.add(`${response.status} ${response.headers.get('content-type')?.split(';')[0]}`)
    }
    expect([...seen].sort()).toEqual([
      '500 application/json',
      '500 text/html',
      '502 text/html',
      '503 text/html',
      '504 text/html',
    ])
  })

  it('timeout: no answer comes, however long one waits', async () => {
    const at = await always('timeout')
    await expect(ask(at, 'BTCUSDT', AbortSignal.timeout(200))).rejects.toThrow('timeout')
    expect(at.requests[0]).toMatchObject({ status: null, fault: 'timeout' })
  })

  it('stalledBody: the head and half of the body come, and then nothing', async () => {
    const leave = new AbortController()
    const response = await ask(await always('stalledBody'), 'BTCUSDT', leave.signal)
    expect(response.status).toBe(200)
    const half = Math.ceil(Number(response.headers.get('content-length')) / 2)
    const reader = response.body!.getReader()
    let received = 0
    while (received < half) received += (await reader.read()).value!.length
    expect(received).toBe(half)
    const more = reader.read().then(
      () => 'more',
      () => 'left',
    )
    setTimeout(() => leave.abort(), 100)
    expect(await more).toBe('left')
  })

  it('cutConnection: the connection ends in the middle of the body', async () => {
    const response = await ask(await always('cutConnection')).catch((error: unknown) => error as Error)
    const failure = response instanceof Response ? await response.text().catch((e: unknown) => e as Error) : response
    expect(failure).toBeInstanceOf(TypeError)
  })

  it('truncatedJson: status 200, a complete answer, and JSON that is not', async () => {
    const response = await ask(await always('truncatedJson'))
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.length).toBe(Number(response.headers.get('content-length')))
    expect(text.startsWith('[[')).toBe(true)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  })

  it('strike a path and symbol so often in a row as they heal after, and then once not', async () => {
    const at = await start({ rateLimited: 1 })
    for (let i = 0; i < 6; i++) await ask(at)
    expect(at.requests.map(r => r.status)).toEqual([429, 429, 200, 429, 429, 200])
  })

  it('leave refusals alone: a wrong request is told so', async () => {
    expect((await ask(await always('rateLimited'), 'NOPE')).status).toBe(400)
  })
})

describe('faults of a page', () => {
  it('repeatedRows: a page has some rows twice, and lacks none', async () => {
    const at = await always('repeatedRows')
    for (let i = 0; i < 20; i++) {
      const got = await rowTimes(await ask(at))
      expect(got.length).toBeGreaterThan(page.length)
      expect([...new Set(got)].sort()).toEqual(times(page))
    }
  })

  it('outOfOrderRows: a page has every row once, in another order', async () => {
    const got = await rowTimes(await ask(await always('outOfOrderRows')))
    expect(got).not.toEqual(times(page))
    expect(got.toSorted()).toEqual(times(page))
  })

  it('overlappingPage: a page begins up to five rows before its start', async () => {
    const at = await always('overlappingPage')
    const begins = new Set<number>()
    for (let i = 0; i < 50; i++) {
      const got = await rowTimes(await ask(at))
      const first = times(candles).indexOf(got[0])
      begins.add(first)
      expect(got).toEqual(times(candles.slice(first, 150)))
    }
    expect([...begins].sort()).toEqual([45, 46, 47, 48, 49])
  })

  it('gaps: rows in a row are missing in the middle or at the end', async () => {
    const at = await always('gaps')
    const ends = new Set<boolean>()
    for (let i = 0; i < 60; i++) {
      const got = await rowTimes(await ask(at))
      const missing = times(page).filter(time => !got.includes(time))
      expect(missing.length).toBeGreaterThan(0)
      expect(missing.at(-1)! - missing[0]).toBe((missing.length - 1) * HOUR_MS)
      expect(got[0]).toBe(page[0].openTimeMs)
      ends.add(missing.at(-1) === page.at(-1)!.openTimeMs)
    }
    expect(ends).toEqual(new Set([true, false]))
  })

  it('emptyPage: no rows, although the exchange has them', async () => {
    expect(await rowTimes(await ask(await always('emptyPage')))).toEqual([])
  })

  it('cutTail: a page ends early, by one row or by nearly all of them', async () => {
    const at = await always('cutTail')
    const lengths = new Set<number>()
    for (let i = 0; i < 60; i++) {
      const got = await rowTimes(await ask(at))
      expect(got).toEqual(times(page.slice(0, got.length)))
      lengths.add(got.length)
    }
    expect(Math.min(...lengths)).toBeGreaterThan(0)
    expect(Math.min(...lengths)).toBeLessThan(10)
    expect(Math.max(...lengths)).toBeLessThan(page.length)
    expect(Math.max(...lengths)).toBeGreaterThan(page.length - 10)
  })

  it('cutHead: a page begins late, by one row or by nearly all of them', async () => {
    const at = await always('cutHead')
    const lengths = new Set<number>()
    for (let i = 0; i < 60; i++) {
      const got = await rowTimes(await ask(at))
      expect(got).toEqual(times(page.slice(-got.length)))
      lengths.add(got.length)
    }
    expect(Math.min(...lengths)).toBeGreaterThan(0)
    expect(Math.min(...lengths)).toBeLessThan(10)
    expect(Math.max(...lengths)).toBeLessThan(page.length)
    expect(Math.max(...lengths)).toBeGreaterThan(page.length - 10)
  })

  it('are the same on Bybit, whose pages come newest first', async () => {
    const list = async (at: LoopbackExchange) => {
      const { result } = (await (await askBybit(at)).json()) as { result: { list: [string][] } }
      return result.list.map(r => Number(r[0]))
    }
    const newestFirst = times(page).toReversed()
    expect(await list(await start({}))).toEqual(newestFirst)
    expect(await list(await always('emptyPage'))).toEqual([])
    expect(await list(await always('cutTail', { seed: 2 }))).not.toContain(newestFirst[0])
    expect(await list(await always('cutHead', { seed: 2 }))).not.toContain(newestFirst.at(-1))
    const overlapping = await list(await always('overlappingPage'))
    expect(overlapping.slice(0, 100)).toEqual(newestFirst)
    expect(overlapping.length).toBeGreaterThan(100)
    const shuffled = await list(await always('outOfOrderRows'))
    expect(shuffled).not.toEqual(newestFirst)
    expect(shuffled.toSorted().toReversed()).toEqual(newestFirst)
  })

  it('hide a row so often in a row as it heals after: whoever asks once more than that has seen every row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 3 }), async (seed, heal) => {
        const at = await start({ seed, heal, gaps: 0.3, emptyPage: 0.2, cutTail: 0.25, cutHead: 0.25 })
        const seen: number[][] = []
        for (let i = 0; i < 12; i++) seen.push(await rowTimes(await ask(at)))
        for (let i = 0; i + heal < seen.length; i++) {
          expect(new Set(seen.slice(i, i + heal + 1).flat())).toEqual(new Set(times(page)))
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('revisedCandles', () => {
  const newest = async (at: LoopbackExchange): Promise<string[]> => {
    const url = `${at.urls('binance').public}/klines?symbol=BTCUSDT&interval=1h&limit=1`
    const [row] = (await (await fetch(url)).json()) as string[][]
    return row.slice(0, 6)
  }
  const last = candles.at(-1)!
  const final = [last.openTimeMs, ...[last.open, last.high, last.low, last.close, last.volume].map(v => v.toFixed(8))]

  it('have preliminary values for two candles after their close, and then their own', async () => {
    const at = await always('revisedCandles')
    nowMs = endMs
    const early = await newest(at)
    expect(early.slice(0, 2)).toEqual(final.slice(0, 2))
    expect(early.slice(4)).not.toEqual(final.slice(4))
    expect(Number(early[5])).toBeLessThan(last.volume)
    nowMs = endMs + 2 * HOUR_MS - 1
    expect(await newest(at)).toEqual(early)
    expect(at.faultCounts.revisedCandles).toBe(2)
    nowMs = endMs + 2 * HOUR_MS
    expect(await newest(at)).toEqual(final)
    expect(at.faultCounts.revisedCandles).toBe(2)
  })

  it('stay in the order of open, high, low and close', async () => {
    const at = await always('revisedCandles', { settleCandles: 1000 })
    const rows = (await (await ask(at)).json()) as string[][]
    for (const [, open, high, low, close] of rows.map(row => row.map(Number))) {
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close))
      expect(low).toBeLessThanOrEqual(Math.min(open, close))
      expect(low).toBeGreaterThan(0)
    }
  })
})

describe('the plan of faults', () => {
  it('strikes with every fault of ALL_FAULTS', async () => {
    const at = await start(ALL_FAULTS)
    nowMs = endMs
    const missing = () => Object.entries(at.faultCounts).filter(([, count]) => count === 0)
    for (let i = 0; i < 2000 && missing().length > 0; i++) {
      // the newest candles among them, which may be preliminary
      const url = `${at.urls('binance').public}/klines?symbol=BTCUSDT&interval=1h&limit=${i % 2 ? 9 : 100}`
      const response = await fetch(url, { signal: AbortSignal.timeout(100) }).catch(() => null)
      await response?.text().catch(() => null)
    }
    expect(missing()).toEqual([])
  })

  it('gives a symbol the same faults whatever comes between its requests', async () => {
    const faultsOf = async (symbols: string[]) => {
      const at = await start({ seed: 9, rateLimited: 0.2, gaps: 0.3, repeatedRows: 0.3 })
      for (const symbol of symbols) await ask(at, symbol)
      return at.requests.filter(r => r.query.symbol === 'BTCUSDT').map(r => r.fault)
    }
    const alone = await faultsOf(Array(30).fill('BTCUSDT'))
    const mixed = await faultsOf(Array.from({ length: 90 }, (_, i) => (i % 3 ? 'ETHUSDT' : 'BTCUSDT')))
    expect(mixed).toEqual(alone)
    expect(new Set(alone)).toEqual(new Set(['rateLimited', 'gaps', 'repeatedRows', null]))
  })

  it('cannot strike a request with more than certainty', async () => {
    await expect(start({ gaps: 0.7, timeout: 0.7 })).rejects.toThrow('1.4')
  })
})

describe('around the answers', () => {
  it('a browser may ask from anywhere, with any header', async () => {
    const at = await start({})
    const url = `${at.urls('binance').public}/time`
    const preflight = await fetch(url, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    for (const response of [preflight, await fetch(url)]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
    expect(preflight.headers.get('access-control-allow-headers')).toBe('*')
  })

  it('nobody answers while it is offline, and then it does again', async () => {
    const at = await start({})
    expect((await ask(at)).status).toBe(200)
    at.setOffline(true)
    await expect(ask(at)).rejects.toThrow('fetch failed')
    expect(at.requests.length).toBe(1)
    at.setOffline(false)
    expect((await ask(at)).status).toBe(200)
  })

  it('answers when the time that it waits is over', async () => {
    exchange = await startLoopbackExchange({ markets, delayMs: 30 })
    const before = Date.now()
    await ask(exchange)
    expect(Date.now() - before).toBeGreaterThanOrEqual(29)
  })
})
