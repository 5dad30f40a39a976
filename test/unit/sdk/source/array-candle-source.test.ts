import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CandleError, SourceError } from '../../../../sdk/errors.ts'
import { arrayCandleSource } from '../../../../sdk/source/array-candle-source.ts'
import { loadCandles } from '../../../../sdk/source/load-candles.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { expectTrueWhereComplete, pagesOf } from '../../../fixtures/candle-pages.ts'

const startMs = Date.UTC(2024, 0, 1)
const at = (hour: number) => ({
  openTimeMs: startMs + hour * HOUR_MS,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: hour,
})
const series = (hours: readonly number[]) => ({ symbol: 'BTC/USDT', timeframe: '1h', candles: hours.map(at) }) as const
const request = (fromHour: number, toHour: number) =>
  ({
    symbol: 'BTC/USDT',
    timeframe: '1h',
    fromMs: startMs + fromHour * HOUR_MS,
    toMs: startMs + toHour * HOUR_MS,
  }) as const

describe('arrayCandleSource', () => {
  it('gives the candles of the request, and is complete from its first to its last candle only', async () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 })
    const range = fc.tuple(fc.integer({ min: -5, max: 35 }), fc.integer({ min: 0, max: 20 }))
    await fc.assert(
      fc.asyncProperty(hours, range, async (has, [from, length]) => {
        const sorted = has.toSorted((a, b) => a - b)
        const asked = request(from, from + length)
        const pages = await pagesOf(arrayCandleSource([series(sorted)]), asked)
        const complete = expectTrueWhereComplete(pages, asked, sorted.map(at))
        const first = Math.max(from, sorted[0])
        const end = Math.min(from + length, sorted[sorted.length - 1] + 1)
        expect(complete).toEqual(first < end ? [{ fromMs: at(first).openTimeMs, toMs: at(end).openTimeMs }] : [])
        const inside = sorted.filter(hour => hour >= from && hour < from + length)
        expect(pages.flatMap(page => page.candles)).toEqual(inside.map(at))
      }),
    )
  })

  it('names the series that it has when asked for another', async () => {
    const source = arrayCandleSource([series([1])], { name: 'recorded' })
    const asking = pagesOf(source, { ...request(0, 2), symbol: 'ETH/USDT' })
    await expect(asking).rejects.toBeInstanceOf(SourceError)
    await expect(asking).rejects.toMatchObject({ code: 'NO_SUCH_SERIES', details: { known: ['BTC/USDT 1h'] } })
  })

  it('refuses candles that are out of order or come twice, and says where', () => {
    const codeOf = (hours: readonly number[]): [string, unknown] => {
      try {
        arrayCandleSource([series(hours)])
      } catch (error) {
        return [(error as CandleError).code, (error as CandleError).details.index]
      }
      return ['', null]
    }
    expect(codeOf([1, 2, 5])).toEqual(['', null])
    expect(codeOf([1, 3, 2])).toEqual(['UNORDERED_TIME', 2])
    expect(codeOf([1, 1])).toEqual(['DUPLICATE_TIME', 1])
  })
})

describe('loadCandles', () => {
  const source = arrayCandleSource([series([0, 1, 2, 3, 5, 6])])

  it('gives all candles of a range', async () => {
    expect(await loadCandles(source, request(2, 6))).toEqual([2, 3, 5].map(at))
  })

  it('gives the newest candles that are closed', async () => {
    const newest = { symbol: 'BTC/USDT', timeframe: '1h', candles: 3 } as const
    const halfPastSix = startMs + 6.5 * HOUR_MS
    expect(await loadCandles(source, { ...newest, nowMs: halfPastSix })).toEqual([3, 5].map(at))
    expect(await loadCandles(source, { ...newest, nowMs: startMs + 7 * HOUR_MS })).toEqual([5, 6].map(at))
  })

  it('reports how far it got, of the places there are', async () => {
    const seen: unknown[] = []
    await loadCandles(source, request(2, 6), { onProgress: progress => seen.push(progress) })
    expect(seen).toEqual([{ done: 4, total: 4 }])
  })

  it('is an error where there are none, which names the source, the market and the time', async () => {
    const loading = loadCandles(source, request(20, 30))
    await expect(loading).rejects.toMatchObject({ code: 'NO_CANDLES' })
    await expect(loading).rejects.toThrow(/memory has no 1h candles of BTC\/USDT .* 2024-01-01T20:00:00Z/)
  })
})
