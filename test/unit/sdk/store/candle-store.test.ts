import { IDBFactory } from 'fake-indexeddb'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import type { TimeRange } from '../../../../sdk/candle/time-ranges.ts'
import { readStoredBundle, storeBundle } from '../../../../sdk/store/bundle-store.ts'
import {
  type CandleSeriesKey,
  clearStoredCandles,
  readStoredSegment,
  storeCandles,
} from '../../../../sdk/store/candle-store.ts'
import { readEngineChoice } from '../../../../sdk/store/engine-choice-store.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

import 'fake-indexeddb/auto'

const KEY: CandleSeriesKey = ['binance', 'BTC/USDT', '1h']
/** In the middle of a block. */
const START_MS = Date.UTC(2024, 0, 1)
const market = simulateMarket({
  symbols: ['BTC/USDT'],
  candles: 2_500,
  timeframe: '1h',
  seed: 5,
  startTimeMs: START_MS,
}).get('BTC/USDT')!
const hours = (from: number, to: number): TimeRange => ({
  fromMs: START_MS + from * HOUR_MS,
  toMs: START_MS + to * HOUR_MS,
})
const EMPTY = hours(0, 0)
const doubled = (candle: Candle): Candle => ({ ...candle, volume: candle.volume * 2 })

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe('the candle store', () => {
  it('has nothing of a series that it has not seen', async () => {
    expect(await readStoredSegment(KEY, hours(0, 5))).toEqual({ range: hours(0, 5), isComplete: false, candles: [] })
  })

  it('gives back the very numbers that were stored, over many blocks', async () => {
    await storeCandles(KEY, market, hours(0, 2_500))
    expect(await readStoredSegment(KEY, hours(0, 2_500))).toEqual({
      range: hours(0, 2_500),
      isComplete: true,
      candles: market,
    })
  })

  it('gives the candles of the range alone, ends excluded', async () => {
    await storeCandles(KEY, market, hours(0, 2_500))
    const { candles } = await readStoredSegment(KEY, hours(990, 1_010))
    expect(candles).toEqual(market.slice(990, 1_010))
  })

  it('splits a range where it stops being complete, and where it starts again', async () => {
    await storeCandles(KEY, market.slice(0, 10), hours(0, 10))
    await storeCandles(KEY, market.slice(20, 30), hours(20, 30))
    const first = await readStoredSegment(KEY, hours(5, 40))
    const second = await readStoredSegment(KEY, hours(10, 40))
    expect(first).toEqual({ range: hours(5, 10), isComplete: true, candles: market.slice(5, 10) })
    expect(second).toEqual({ range: hours(10, 20), isComplete: false, candles: [] })
  })

  it('keeps candles that can still change, without calling them complete', async () => {
    await storeCandles(KEY, market.slice(0, 10), hours(0, 7))
    expect(await readStoredSegment(KEY, hours(7, 10))).toEqual({
      range: hours(7, 10),
      isComplete: false,
      candles: market.slice(7, 10),
    })
  })

  it('keeps the newest of two candles of one time', async () => {
    await storeCandles(KEY, market.slice(0, 10).map(doubled), hours(0, 7))
    await storeCandles(KEY, market.slice(7, 12), hours(7, 12))
    const { candles } = await readStoredSegment(KEY, hours(0, 12))
    expect(candles).toEqual([...market.slice(0, 7).map(doubled), ...market.slice(7, 12)])
  })

  it('drops a candle that a page which is the last word no longer has', async () => {
    await storeCandles(KEY, market.slice(0, 3), EMPTY)
    await storeCandles(KEY, [market[0], market[2]], hours(0, 3))
    const { candles } = await readStoredSegment(KEY, hours(0, 3))
    expect(candles).toEqual([market[0], market[2]])
  })

  it('keeps sources, symbols and timeframes apart', async () => {
    await storeCandles(KEY, market.slice(0, 3), hours(0, 3))
    const others: CandleSeriesKey[] = [
      ['bybit', 'BTC/USDT', '1h'],
      ['binance', 'ETH/USDT', '1h'],
      ['binance', 'BTC/USDT', '4h'],
    ]
    for (const key of others) expect((await readStoredSegment(key, hours(0, 3))).candles).toEqual([])
  })

  it('forgets one source, or all', async () => {
    const other: CandleSeriesKey = ['bybit', 'BTC/USDT', '1h']
    await storeCandles(KEY, market.slice(0, 3), hours(0, 3))
    await storeCandles(other, market.slice(0, 3), hours(0, 3))
    await clearStoredCandles('binance')
    expect(await readStoredSegment(KEY, hours(0, 3))).toMatchObject({ isComplete: false, candles: [] })
    expect(await readStoredSegment(other, hours(0, 3))).toMatchObject({ isComplete: true })
    await clearStoredCandles()
    expect(await readStoredSegment(other, hours(0, 3))).toMatchObject({ isComplete: false, candles: [] })
  })

  it('is left as it was by a page that cannot be written', async () => {
    await storeCandles(KEY, market.slice(0, 3), hours(0, 3))
    const broken = Object.create(market[2_400], { volume: { get: () => Symbol('no number') } }) as Candle
    const page = [...market.slice(2, 2_400).map(doubled), broken]
    await expect(storeCandles(KEY, page, hours(2, 2_401))).rejects.toMatchObject({ code: 'CACHE_FAILED' })
    const first = await readStoredSegment(KEY, hours(0, 2_401))
    const second = await readStoredSegment(KEY, hours(3, 2_401))
    expect(first).toEqual({ range: hours(0, 3), isComplete: true, candles: market.slice(0, 3) })
    expect(second).toEqual({ range: hours(3, 2_401), isComplete: false, candles: [] })
  })

  it('joins a database that an earlier version of the package has made', async () => {
    const files = new Map([['weights.safetensors', { sha256: 'ab', bytes: Uint8Array.of(1) }]])
    const old = await new Promise<IDBDatabase>(resolve => {
      const request = indexedDB.open('edgequant', 2)
      request.onupgradeneeded = () => {
        request.result.createObjectStore('bundles').put({ files }, 'https://a/')
        request.result.createObjectStore('engineChoices')
      }
      request.onsuccess = () => resolve(request.result)
    })
    old.close()
    await storeCandles(KEY, market.slice(0, 3), hours(0, 3))
    expect((await readStoredSegment(KEY, hours(0, 3))).candles).toHaveLength(3)
    expect(await readStoredBundle('https://a/')).toEqual(files)
    expect(await readEngineChoice('this device')).toBeNull()
    await storeBundle('https://b/', files)
    expect(await readStoredBundle('https://b/')).toEqual(files)
  })

  it('equals a map of times and a set of complete hours, whatever pages come in whatever order', async () => {
    const page = fc.record({
      from: fc.integer({ min: 0, max: 2_400 }),
      length: fc.integer({ min: 0, max: 90 }),
      holes: fc.uniqueArray(fc.integer({ min: 0, max: 90 }), { maxLength: 4 }),
      completeFrom: fc.integer({ min: -3, max: 3 }),
      completeTo: fc.integer({ min: -3, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 8 }), async pages => {
        globalThis.indexedDB = new IDBFactory()
        const rows = new Map<number, Candle>()
        const complete = new Set<number>()
        for (const [i, p] of pages.entries()) {
          const candles = market
            .slice(p.from, p.from + p.length)
            .filter((_, at) => !p.holes.includes(at))
            .map(candle => ({ ...candle, volume: i }))
          const range = hours(p.from + p.completeFrom, p.from + p.length + p.completeTo)
          await storeCandles(KEY, candles, range)
          for (let timeMs = range.fromMs; timeMs < range.toMs; timeMs += HOUR_MS) {
            complete.add(timeMs)
            rows.delete(timeMs)
          }
          for (const candle of candles) rows.set(candle.openTimeMs, candle)
        }
        const all = hours(-5, 2_505)
        for (let { fromMs } = all; fromMs < all.toMs; ) {
          const segment = await readStoredSegment(KEY, { fromMs, toMs: all.toMs })
          const expected = [...rows.values()].filter(
            ({ openTimeMs }) => openTimeMs >= segment.range.fromMs && openTimeMs < segment.range.toMs,
          )
          expect(segment.candles).toEqual(expected.sort((a, b) => a.openTimeMs - b.openTimeMs))
          for (let timeMs = segment.range.fromMs; timeMs < segment.range.toMs; timeMs += HOUR_MS) {
            expect(complete.has(timeMs)).toBe(segment.isComplete)
          }
          fromMs = segment.range.toMs
        }
      }),
      { numRuns: 40 },
    )
  })
})
