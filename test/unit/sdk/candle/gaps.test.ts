import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { fillShortGaps } from '../../../../sdk/candle/fill-short-gaps.ts'
import { splitAtGaps } from '../../../../sdk/candle/split-at-gaps.ts'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { hasMarketData, recordedCandles } from '../../../fixtures/market-data.ts'

const candle = (hour: number): Candle => ({
  openTimeMs: (450_000 + hour) * HOUR_MS,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 5,
})
const hours = (...list: number[]): Candle[] => list.map(candle)
const hoursOf = (candles: readonly Candle[]): number[] => candles.map(c => c.openTimeMs / HOUR_MS - 450_000)

describe('fillShortGaps', () => {
  it('bridges a gap with flat candles at the close before it, without volume, and says so', () => {
    const { candles, filled } = fillShortGaps(hours(0, 1, 4), { timeframe: '1h', maxGapCandles: 2 })
    expect(hoursOf(candles)).toEqual([0, 1, 2, 3, 4])
    for (const made of candles.slice(2, 4)) {
      expect(made).toMatchObject({ open: 11, high: 11, low: 11, close: 11, volume: 0 })
    }
    expect(filled).toEqual([{ fromMs: candles[2].openTimeMs, toMs: candles[3].openTimeMs, candles: 2 }])
  })

  it('leaves a longer gap as it is', () => {
    const original = hours(0, 4, 5)
    expect(fillShortGaps(original, { timeframe: '1h', maxGapCandles: 2 })).toEqual({ candles: original, filled: [] })
  })

  it('leaves duplicate and unordered candles for validation to name', () => {
    const original = hours(0, 0, 2, 1)
    const { candles } = fillShortGaps(original, { timeframe: '1h', maxGapCandles: 3 })
    expect(hoursOf(candles)).toEqual([0, 0, 1, 2, 1])
  })
})

describe('splitAtGaps', () => {
  it('cuts exactly where candles are missing', () => {
    expect(splitAtGaps(hours(0, 1, 3, 7, 8), '1h').map(hoursOf)).toEqual([[0, 1], [3], [7, 8]])
  })

  it('gives nothing for nothing', () => {
    expect(splitAtGaps([], '1h')).toEqual([])
  })

  it('after filling, gives pieces that validate and lose no candle, whatever is missing', () => {
    const present = fc
      .uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 })
      .map(list => list.sort((a, b) => a - b))
    fc.assert(
      fc.property(present, fc.integer({ min: 0, max: 6 }), (list, maxGapCandles) => {
        const { candles, filled } = fillShortGaps(hours(...list), { timeframe: '1h', maxGapCandles })
        const pieces = splitAtGaps(candles, '1h')
        for (const piece of pieces) validateCandles(piece, { symbol: 'X', timeframe: '1h' })
        const made = filled.reduce((sum, gap) => sum + gap.candles, 0)
        expect(pieces.flat()).toHaveLength(list.length + made)
        expect(filled.every(gap => gap.candles <= maxGapCandles)).toBe(true)
      }),
    )
  })
})

describe.skipIf(!hasMarketData('gaps of recorded candles'))('on recorded candles', () => {
  it('ETH/USDT since 2021 has 7 gaps of 14 hours in all, and BTC/USDT since 2018 has 27 of 122', () => {
    for (const [pair, gaps, missing] of [
      ['ETHUSDT', 7, 14],
      ['BTCUSDT', 27, 122],
    ] as const) {
      const candles = recordedCandles(pair)
      expect(splitAtGaps(candles, '1h')).toHaveLength(gaps + 1)
      const { candles: whole, filled } = fillShortGaps(candles, { timeframe: '1h', maxGapCandles: 48 })
      expect(filled).toHaveLength(gaps)
      expect(whole.length - candles.length).toBe(missing)
      expect(validateCandles(whole, { symbol: pair, timeframe: '1h' }).length).toBe(whole.length)
    }
  })
})
