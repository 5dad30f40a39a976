import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exponentialMean, rollingMax, rollingMean, rollingMin } from '../../../../sdk/feature/rolling.ts'

const cases = fc.record({
  values: fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 }),
  window: fc.integer({ min: 1, max: 20 }),
  firstCandle: fc.integer({ min: -1000, max: 1_000_000 }),
  from: fc.integer({ min: 0, max: 5 }),
})

/** The window that ends at t, or null where it is not complete. */
const windowAt = (values: readonly number[], window: number, from: number, t: number): number[] | null =>
  t - window + 1 >= from ? values.slice(t - window + 1, t + 1) : null

describe('rollingMin and rollingMax', () => {
  it('are the extremes of each complete window, and NaN before the first', () => {
    fc.assert(
      fc.property(cases, ({ values, ...o }) => {
        const series = Float64Array.from(values)
        const [low, high] = [rollingMin(series, o), rollingMax(series, o)]
        values.forEach((_, t) => {
          const window = windowAt(values, o.window, o.from, t)
          expect(low[t]).toBe(window ? Math.min(...window) : Number.NaN)
          expect(high[t]).toBe(window ? Math.max(...window) : Number.NaN)
        })
      }),
    )
  })
})

describe('rollingMean and exponentialMean', () => {
  it('are the weighted sums they stand for', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0.5, max: 50, noNaN: true }), ({ values, ...o }, halfLife) => {
        const series = Float64Array.from(values)
        const [plain, weighted] = [rollingMean(series, o), exponentialMean(series, { ...o, halfLife })]
        values.forEach((_, t) => {
          const window = windowAt(values, o.window, o.from, t)
          if (!window) {
            expect([plain[t], weighted[t]]).toEqual([Number.NaN, Number.NaN])
            return
          }
          const weights = window.map((_value, i) => 0.5 ** ((window.length - 1 - i) / halfLife))
          const total = weights.reduce((a, b) => a + b, 0)
          expect(plain[t]).toBeCloseTo(window.reduce((a, b) => a + b, 0) / window.length, 9)
          expect(weighted[t]).toBeCloseTo(window.reduce((a, v, i) => a + v * weights[i], 0) / total, 9)
        })
      }),
    )
  })

  it('gather no rounding error over 65,000 candles, not even after a value a billion times larger', () => {
    const values = Float64Array.from({ length: 65_000 }, (_, i) => 1e-6 * (1 + (i % 7)))
    values[1000] = 1e3
    const mean = rollingMean(values, { window: 168, firstCandle: 12_345 })
    // 168 is a multiple of 7: every later window holds each of the seven values 24 times
    const worst = mean.subarray(2000).reduce((max, value) => Math.max(max, Math.abs(value - 4e-6)), 0)
    expect(worst).toBeLessThan(1e-19)
  })
})
