import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import type { TimeRange } from '../../../../sdk/candle/time-ranges.ts'
import { AbortedError, type EdgeQuantError, ExchangeError, throwIfAborted } from '../../../../sdk/errors.ts'
import { arrayCandleSource } from '../../../../sdk/source/array-candle-source.ts'
import {
  type CachedCandleSourceOptions,
  cachedCandleSource,
  clearCachedCandles,
  type SourceFailure,
} from '../../../../sdk/source/cached-candle-source.ts'
import type { CandlePage, CandleSource } from '../../../../sdk/source/candle-source.ts'
import { loadCandles } from '../../../../sdk/source/load-candles.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

import 'fake-indexeddb/auto'

const SYMBOL = 'BTC/USDT'
const START_MS = Date.UTC(2024, 0, 1)
const market = simulateMarket({
  symbols: [SYMBOL],
  candles: 3_000,
  timeframe: '1h',
  seed: 5,
  startTimeMs: START_MS,
})
  .get(SYMBOL)!
  // two holes, one of them where a page ends
  .filter((_, i) => (i < 95 || i >= 105) && (i < 700 || i >= 711))
const at = (hour: number) => START_MS + hour * HOUR_MS
const hours = (from: number, to: number): TimeRange => ({ fromMs: at(from), toMs: at(to) })
const hoursOf = ({ fromMs, toMs }: TimeRange) => [(fromMs - START_MS) / HOUR_MS, (toMs - START_MS) / HOUR_MS]
const rows = (from: number, to: number) =>
  market.filter(({ openTimeMs }) => openTimeMs >= at(from) && openTimeMs < at(to))
const doubled = (candle: Candle): Candle => ({ ...candle, volume: candle.volume * 2 })

/** Behaves as an exchange does: pages, a clock, candles that change a little after their close; and keeps record. */
class Exchange implements CandleSource {
  readonly name = 'exchange'
  /** Hours since the start. */
  now = 3_000
  pageSize = 100
  /** The newest candles, which are not final yet: they have another volume. */
  unsettled = 3
  isOffline = false
  /** Hours of each page that was asked for. */
  asked: number[][] = []
  opened = 0
  closed = 0

  async *pages({ fromMs, toMs }: TimeRange, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<CandlePage> {
    this.opened++
    try {
      for (let from = fromMs; from < Math.min(toMs, at(this.now)); from += this.pageSize * HOUR_MS) {
        throwIfAborted(signal, 'Asking')
        const range = { fromMs: from, toMs: Math.min(from + this.pageSize * HOUR_MS, toMs, at(this.now)) }
        this.asked.push(hoursOf(range))
        if (this.isOffline) throw new ExchangeError('EXCHANGE_UNREACHABLE', 'The exchange is offline.')
        const settledMs = at(this.now - this.unsettled)
        const candles = market
          .filter(c => c.openTimeMs >= range.fromMs && c.openTimeMs < range.toMs)
          .map(c => (c.openTimeMs >= settledMs ? doubled(c) : c))
        yield { candles, complete: { fromMs: from, toMs: Math.max(from, Math.min(range.toMs, settledMs)) } }
      }
    } finally {
      this.closed++
    }
  }

  takeAsked(): number[][] {
    return this.asked.splice(0)
  }
}

let exchange: Exchange
let source: CandleSource

async function pagesOf(range: TimeRange, from = source, signal?: AbortSignal): Promise<CandlePage[]> {
  const pages: CandlePage[] = []
  const request = { symbol: SYMBOL, timeframe: '1h', ...range } as const
  for await (const page of from.pages(request, signal ? { signal } : {})) pages.push(page)
  return pages
}
const candlesOf = async (range: TimeRange, from = source) => (await pagesOf(range, from)).flatMap(page => page.candles)
const failure = (work: Promise<unknown>) =>
  work.then(
    () => new Error('It succeeded.'),
    error => error as EdgeQuantError,
  )

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  exchange = new Exchange()
  source = cachedCandleSource(exchange)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('a cached source', () => {
  it('has the name of the one behind it', () => {
    expect(source.name).toBe('exchange')
  })

  it('gives what the source gives, the first time and again', async () => {
    const first = await candlesOf(hours(0, 250))
    const again = await candlesOf(hours(0, 250))
    expect(first).toEqual(rows(0, 250))
    expect(again).toEqual(rows(0, 250))
    expect(exchange.takeAsked()).toEqual([
      [0, 100],
      [100, 200],
      [200, 250],
    ])
  })

  it('asks for nothing that it holds, not even when it lacks both ends and the middle', async () => {
    await candlesOf(hours(100, 200))
    await candlesOf(hours(300, 400))
    exchange.takeAsked()
    expect(await candlesOf(hours(50, 450))).toEqual(rows(50, 450))
    expect(exchange.takeAsked()).toEqual([
      [50, 100],
      [200, 300],
      [400, 450],
    ])
  })

  it('asks for what is new, and for what could still change, when time goes on', async () => {
    exchange.now = 200
    expect(await candlesOf(hours(0, 500))).toEqual([...rows(0, 197), ...rows(197, 200).map(doubled)])
    exchange.takeAsked()
    exchange.now = 210
    expect(await candlesOf(hours(0, 500))).toEqual([...rows(0, 207), ...rows(207, 210).map(doubled)])
    expect(exchange.takeAsked()).toEqual([[197, 210]])
  })

  it('asks for nothing when what it holds begins and ends between two candles', async () => {
    await candlesOf(hours(0.5, 99.5))
    exchange.takeAsked()
    exchange.isOffline = true
    expect(await candlesOf(hours(0.5, 99.5))).toEqual(rows(1, 100))
    expect(exchange.takeAsked()).toEqual([])
  })

  it('asks again for a page that it could not finish', async () => {
    for await (const { candles } of source.pages({ symbol: SYMBOL, timeframe: '1h', ...hours(0, 500) })) {
      expect(candles).toEqual(rows(0, 100))
      break
    }
    expect([exchange.opened, exchange.closed]).toEqual([1, 1])
    exchange.takeAsked()
    expect(await candlesOf(hours(0, 300))).toEqual(rows(0, 300))
    expect(exchange.takeAsked()).toEqual([
      [100, 200],
      [200, 300],
    ])
  })

  it('forgets what it is told to forget', async () => {
    await candlesOf(hours(0, 100))
    await clearCachedCandles('another')
    await candlesOf(hours(0, 100))
    expect(exchange.takeAsked()).toEqual([[0, 100]])
    await clearCachedCandles('exchange')
    expect(await candlesOf(hours(0, 100))).toEqual(rows(0, 100))
    expect(exchange.takeAsked()).toEqual([[0, 100]])
  })

  it('keeps symbols and timeframes apart', async () => {
    const eth = market.map(doubled)
    const array = arrayCandleSource([
      { symbol: SYMBOL, timeframe: '1h', candles: market },
      { symbol: 'ETH/USDT', timeframe: '1h', candles: eth },
    ])
    const cached = cachedCandleSource(array)
    const load = (symbol: string) => loadCandles(cached, { symbol, timeframe: '1h', ...hours(0, 10) })
    expect(await load(SYMBOL)).toEqual(rows(0, 10))
    expect(await load('ETH/USDT')).toEqual(rows(0, 10).map(doubled))
    expect(await load(SYMBOL)).toEqual(rows(0, 10))
  })

  it('gives the same as the source, whatever was asked before, and never asks for what is complete', async () => {
    const ask = fc.record({
      from: fc.integer({ min: 0, max: 900 }),
      length: fc.integer({ min: 1, max: 500 }),
      advance: fc.integer({ min: 0, max: 60 }),
      stopAfter: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 8 }), async asks => {
        globalThis.indexedDB = new IDBFactory()
        const plain = new Exchange()
        plain.now = 600
        const cached = cachedCandleSource(plain)
        const complete = new Set<number>()
        for (const { from, length, advance, stopAfter } of asks) {
          plain.now += advance
          const given: CandlePage[] = []
          for await (const page of cached.pages({ symbol: SYMBOL, timeframe: '1h', ...hours(from, from + length) })) {
            given.push(page)
            if (given.length === stopAfter) break
          }
          const asked = plain.takeAsked()
          for (const [first, end] of asked) {
            for (let hour = first; hour < end; hour++) expect(complete.has(hour)).toBe(false)
          }
          for (const page of given) {
            const [first, end] = hoursOf(page.complete)
            for (let hour = first; hour < end; hour++) complete.add(hour)
          }
          if (stopAfter !== null) continue
          const expected = await candlesOf(hours(from, from + length), plain)
          plain.takeAsked()
          expect(given.flatMap(page => page.candles)).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe('a cached source whose source fails', () => {
  beforeEach(async () => {
    exchange.now = 300
    await candlesOf(hours(0, 100))
    await candlesOf(hours(200, 300))
    exchange.isOffline = true
    exchange.takeAsked()
  })

  it('does not ask it for what it holds', async () => {
    expect(await candlesOf(hours(0, 100))).toEqual(rows(0, 100))
    expect(await candlesOf(hours(220, 297))).toEqual(rows(220, 297))
    expect(exchange.takeAsked()).toEqual([])
  })

  it('fails as it does, rather than to give less than was asked for', async () => {
    const error = await failure(candlesOf(hours(0, 300)))
    expect(error).toBeInstanceOf(ExchangeError)
    expect(error).toMatchObject({ code: 'EXCHANGE_UNREACHABLE' })
  })

  it('gives what it has where the caller wants that, and tells what is missing', async () => {
    const failures: SourceFailure[] = []
    const lenient = cachedCandleSource(exchange, { whenSourceFails: told => failures.push(told) })
    const pages = await pagesOf(hours(0, 310), lenient)
    expect(pages.flatMap(page => page.candles)).toEqual([
      ...rows(0, 100),
      ...rows(200, 297),
      ...rows(297, 300).map(doubled),
    ])
    expect(failures).toHaveLength(1)
    expect(failures[0].error).toMatchObject({ code: 'EXCHANGE_UNREACHABLE' })
    expect(failures[0].missing).toEqual([hours(100, 200), hours(297, 310)])
    const complete = pages.map(page => page.complete).filter(({ fromMs, toMs }) => toMs > fromMs)
    expect(complete).toEqual([hours(0, 100), hours(200, 297)])
  })

  it('fails with what the caller makes of it', async () => {
    const strict = cachedCandleSource(exchange, {
      whenSourceFails: ({ missing }) => {
        throw new RangeError(`${missing.length} stretches are missing.`)
      },
    })
    expect(await failure(candlesOf(hours(0, 310), strict))).toEqual(new RangeError('2 stretches are missing.'))
  })

  it('goes on where it was when the source is back', async () => {
    await failure(candlesOf(hours(0, 300)))
    exchange.isOffline = false
    exchange.takeAsked()
    expect(await candlesOf(hours(0, 250))).toEqual(rows(0, 250))
    expect(exchange.takeAsked()).toEqual([[100, 200]])
  })
})

describe('a cached source without a cache', () => {
  const problems: string[] = []
  const told: CachedCandleSourceOptions = { onCacheProblem: ({ code, message }) => problems.push(`${code} ${message}`) }
  beforeEach(() => {
    problems.length = 0
  })

  it('gives everything from the source, and tells once that nothing is kept', async () => {
    globalThis.indexedDB = {
      open: () => {
        throw new DOMException('Denied.', 'SecurityError')
      },
    } as unknown as IDBFactory
    expect(await candlesOf(hours(0, 250), cachedCandleSource(exchange, told))).toEqual(rows(0, 250))
    expect(exchange.takeAsked()).toHaveLength(3)
    expect(problems).toEqual([expect.stringMatching(/^CACHE_FAILED .*could not be read: Denied\./)])
  })

  it('gives everything when the disk fills up, and keeps what was kept before', async () => {
    const cached = cachedCandleSource(exchange, told)
    await candlesOf(hours(0, 100), cached)
    await candlesOf(hours(400, 500), cached)
    exchange.takeAsked()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    })
    expect(await candlesOf(hours(0, 500), cached)).toEqual(rows(0, 500))
    expect(exchange.takeAsked()).toEqual([
      [100, 200],
      [200, 300],
      [300, 400],
    ])
    expect(problems).toEqual([expect.stringMatching(/could not be written: The quota has been exceeded\./)])
    vi.restoreAllMocks()
    expect(await candlesOf(hours(0, 100), cached)).toEqual(rows(0, 100))
    expect(exchange.takeAsked()).toEqual([])
  })
})

describe('a cached source that is aborted', () => {
  it('ends at once, and lets go of the source', async () => {
    const abort = new AbortController()
    const pages = source.pages({ symbol: SYMBOL, timeframe: '1h', ...hours(0, 500) }, { signal: abort.signal })
    const iterator = pages[Symbol.asyncIterator]()
    await iterator.next()
    abort.abort()
    expect(await failure(iterator.next())).toBeInstanceOf(AbortedError)
    expect([exchange.opened, exchange.closed]).toEqual([1, 1])
    expect(exchange.takeAsked()).toEqual([[0, 100]])
  })

  it('does not take the abort for a failure of the source', async () => {
    const abort = new AbortController()
    const whenSourceFails = vi.fn()
    const patient: CandleSource = {
      name: 'patient',
      // biome-ignore lint/correctness/useYield: it waits for its end
      async *pages(_, { signal } = {}) {
        abort.abort()
        throwIfAborted(signal, 'Waiting')
      },
    }
    const cached = cachedCandleSource(patient, { whenSourceFails })
    expect(await failure(pagesOf(hours(0, 5), cached, abort.signal))).toBeInstanceOf(AbortedError)
    expect(whenSourceFails).not.toHaveBeenCalled()
  })
})

describe('two at once, without locks', () => {
  it('both give everything, and the cache holds it once', async () => {
    const other = cachedCandleSource(exchange)
    const [one, two] = await Promise.all([candlesOf(hours(0, 500)), candlesOf(hours(50, 450), other)])
    expect(one).toEqual(rows(0, 500))
    expect(two).toEqual(rows(50, 450))
    exchange.takeAsked()
    expect(await candlesOf(hours(0, 500))).toEqual(rows(0, 500))
    expect(exchange.takeAsked()).toEqual([])
  })
})
