import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitrarySeries } from '../../../fixtures/arbitrary-candles.ts'

function rowsOfReturns(returns: readonly number[]): FeatureRows {
  let price = 100
  const close = Float64Array.from(returns, r => (price *= Math.exp(r)))
  const openTimeMs = Float64Array.from(returns, (_, i) => i * HOUR_MS)
  const prices = { open: close, high: close, low: close, close }
  return { symbol: 'VEC/USDT', timeframe: '1h', length: close.length, openTimeMs, ...prices, volume: close }
}

const BANDS = [1, 2, 3, 4, 5, 6, 7]
const bandsOf = (rows: FeatureRows): number[] =>
  computeFeatures(
    rows,
    BANDS.map(band => `haarEnergy(${band},256)`),
  ).observed.map(column => column[rows.length - 1])

describe('haarEnergy', () => {
  it('is spread over seven bands that add up to 1', () => {
    fc.assert(
      fc.property(arbitrarySeries({ minLength: 330, maxLength: 360 }), series => {
        const bands = bandsOf(series)
        expect(bands.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        for (const share of bands) expect(share).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 20 },
    )
  })

  it('lies in the band of a swing’s length', () => {
    for (const [period, band] of [
      [2, 1],
      [6, 2],
      [12, 3],
      [24, 4],
      [48, 5],
      [96, 6],
      [600, 7],
    ]) {
      const wave = Array.from({ length: 1200 }, (_, i) => 0.01 * Math.sin((2 * Math.PI * i) / period + 0.5))
      const bands = bandsOf(rowsOfReturns(wave))
      expect(bands.indexOf(Math.max(...bands)) + 1, `period ${period}: ${bands}`).toBe(band)
    }
  })
})

describe('skewness, kurtosis and the variance ratio', () => {
  const newest = (returns: readonly number[], feature: string): number => {
    const { observed } = computeFeatures(rowsOfReturns(returns), [feature])
    return observed[0][returns.length - 1]
  }
  /** Still but for a jump among the last candles. */
  const jump = (size: number): number[] => Array.from({ length: 300 }, (_, i) => (i === 290 ? size : 0))

  it('read a jump among still candles as the square root and the number of candles', () => {
    expect(newest(jump(0.1), 'skewness(100)')).toBeCloseTo(98 / Math.sqrt(99), 9)
    expect(newest(jump(-0.1), 'skewness(100)')).toBeCloseTo(-98 / Math.sqrt(99), 9)
    expect(newest(jump(0.1), 'kurtosis(100)')).toBeCloseTo((99 ** 3 + 1) / (99 * 100) - 3, 9)
    expect(newest(jump(Math.log(1000)), 'skewness(100)')).toBeCloseTo(98 / Math.sqrt(99), 9)
  })

  it('tell a market that goes on from one that turns back', () => {
    const zigzag = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 0.01 : -0.01))
    expect(newest(zigzag, 'varianceRatio(4,100)')).toBeCloseTo(-1, 9)
    const steady = Array.from({ length: 300 }, () => 0.01)
    expect(newest(steady, 'varianceRatio(4,100)')).toBeCloseTo(3, 9)
  })
})
