import { describe, expect, it } from 'vitest'
import { medianOf, overWindows, quantileOf, robustDeviation } from '../../../../../sdk/candle/quality/robust-windows.ts'

describe('robust statistics', () => {
  it('agree with values of R (quantile type 7, mad)', () => {
    // R: x <- c(1, 2, 4, 8, 16, 32); quantile(x, c(.25, .75)) 2.5 14; median 6; mad(x) 6.6717
    const x = Float64Array.of(1, 2, 4, 8, 16, 32)
    expect([quantileOf(x, 0.25), quantileOf(x, 0.75), medianOf(x)]).toEqual([2.5, 14, 6])
    const { median, deviation } = robustDeviation(x)
    expect(median).toBe(6)
    expect(deviation).toBeCloseTo(6.6717, 4)
  })

  it('are NaN of nothing', () => {
    expect(medianOf(new Float64Array(0))).toBeNaN()
  })

  it('see each row with 168 to 192 known rows on both sides', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 10 === 3 ? Number.NaN : i))
    const seen: number[] = []
    overWindows(values, (sorted, from, to) => {
      for (let row = from; row < to; row++) seen.push(row)
      if (from < 200 || to > 800) return
      expect(from - sorted[0]).toBeGreaterThanOrEqual(167)
      expect(sorted[sorted.length - 1] - to).toBeGreaterThanOrEqual(165)
      expect(sorted).toHaveLength(324)
    })
    expect(seen).toEqual(Array.from(values.keys()))
  })

  it('are silent where too little is known', () => {
    overWindows(new Float64Array(500).fill(Number.NaN).fill(1, 0, 40), () => {
      throw new Error('40 values are too few')
    })
  })
})
