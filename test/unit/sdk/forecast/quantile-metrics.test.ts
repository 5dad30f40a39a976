import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ForecastError } from '../../../../sdk/errors.ts'
import { meanPinball, pinballLoss, quantileCoverage } from '../../../../sdk/forecast/quantile-metrics.ts'

describe('pinballLoss', () => {
  it('charges level per unit above the quantile and 1 − level per unit below it', () => {
    expect(pinballLoss(0.9, 5, 3)).toBeCloseTo(1.8, 15)
    expect(pinballLoss(0.9, 3, 5)).toBeCloseTo(0.2, 15)
    expect(pinballLoss(0.5, 4, 4)).toBe(0)
  })

  it('is half the absolute error at the median and never negative', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (y, q, level) => {
        expect(pinballLoss(0.5, y, q)).toBeCloseTo(Math.abs(y - q) / 2, 6)
        expect(pinballLoss(level, y, q)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

// two rows, two horizons, levels 0.1 and 0.9
const levels = [0.1, 0.9]
const quantiles = [-1, 1, -2, 2, 0, 4, -3, 3]
const outcomes = [2, -3, 1, Number.NaN]

describe('meanPinball', () => {
  it('averages over rows and levels for each horizon, leaving out rows without an outcome', () => {
    // horizon 0, row 0: y 2: .1·3 + .9·1 = 1.2; row 1: y 1: .1·1 + .1·3 = 0.4; mean of four terms 1.6 / 4
    // horizon 1, row 0: y −3: .9·1 + .1·5 = 1.4; row 1 has no outcome; mean of two terms 1.4 / 2
    const [first, second] = meanPinball(quantiles, outcomes, levels, 2)
    expect(first).toBeCloseTo(0.4, 14)
    expect(second).toBeCloseTo(0.7, 14)
  })

  it('gives NaN for a horizon without any outcome', () => {
    expect(meanPinball([0, 1], [Number.NaN], levels, 1)).toEqual([Number.NaN])
  })

  it('refuses shapes that do not fit, with both lengths in the message', () => {
    expect(() => meanPinball([1, 2, 3], [1], levels, 1)).toThrow(ForecastError)
    expect(() => meanPinball([1, 2, 3], [1], levels, 1)).toThrow(/3 quantiles and 1 outcomes/)
  })
})

describe('quantileCoverage', () => {
  it('is the share of outcomes at or below each quantile', () => {
    // horizon 0: outcomes 2 and 1 against (−1, 1) and (0, 4): below 0.1: none; below 0.9: one of two
    // horizon 1: −3 lies below both
    expect(quantileCoverage(quantiles, outcomes, levels, 2)).toEqual([
      [0, 0.5],
      [1, 1],
    ])
  })
})
