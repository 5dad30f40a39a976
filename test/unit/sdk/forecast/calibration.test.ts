import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ForecastError } from '../../../../sdk/errors.ts'
import { applyOffsets, fitConformalOffsets } from '../../../../sdk/forecast/calibration.ts'
import { quantileCoverage } from '../../../../sdk/forecast/quantile-metrics.ts'

describe('fitConformalOffsets', () => {
  it('takes the (n + 1)·level-th smallest residual', () => {
    // 9 rows, quantiles all 0, targets 1 … 9 shuffled: ranks 10·0.1 = 1, 10·0.5 = 5, 10·0.9 = 9
    const targets = [5, 1, 9, 3, 7, 2, 8, 4, 6]
    expect(fitConformalOffsets(new Float32Array(27), targets, [0.1, 0.5, 0.9], 1)).toEqual([[1, 5, 9]])
  })

  it('interpolates between residuals where the rank is not whole', () => {
    // 4 rows: rank 5·0.5 = 2.5, between the residuals 2 and 4
    expect(fitConformalOffsets(new Float32Array(4), [1, 2, 4, 8], [0.5], 1)).toEqual([[3]])
  })

  it('fits each horizon and level by itself and leaves out rows without a target', () => {
    // horizon 0: targets 11, 12, 13, quantile 10; horizon 1: targets −1, (none), 1, quantile 0
    const quantiles = [10, 0, 10, 0, 10, 0]
    const targets = [11, -1, 12, Number.NaN, 13, 1]
    expect(fitConformalOffsets(quantiles, targets, [0.5], 2)).toEqual([[2], [0]])
  })

  it('brings the coverage of biased quantiles to their levels', () => {
    const n = 999
    const levels = [0.05, 0.5, 0.95]
    // outcomes spread evenly over 0 … 1 in an order that is not monotone; quantiles far too narrow
    const targets = Float64Array.from({ length: n }, (_, i) => ((i * 100) % n) / n)
    const quantiles = new Float32Array(n * 3).map((_, i) => [0.4, 0.45, 0.5][i % 3])
    const offsets = fitConformalOffsets(quantiles, targets, levels, 1)
    const [coverage] = quantileCoverage(applyOffsets(quantiles, offsets), targets, levels, 1)
    levels.forEach((level, q) => {
      expect(Math.abs(coverage[q] - level)).toBeLessThan(0.002)
    })
  })

  it('says how many rows a level needs', () => {
    expect(() => fitConformalOffsets(new Float32Array(8), new Float32Array(8), [0.05], 1)).toThrow(
      /8 calibration rows cannot tell the 0.05 quantile: at least 19 are needed/,
    )
    expect(() => fitConformalOffsets(new Float32Array(19), new Float32Array(19), [0.05], 1)).not.toThrow()
    expect(() => fitConformalOffsets(new Float32Array(19), new Float32Array(19), [0.95], 1)).not.toThrow()
  })
})

describe('applyOffsets', () => {
  it('adds the offset of each horizon and level', () => {
    const quantiles = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    expect(
      Array.from(
        applyOffsets(quantiles, [
          [-1, 1],
          [0, 10],
        ]),
      ),
    ).toEqual([0, 3, 3, 14, 4, 7, 7, 18])
  })

  it('gives quantiles that never cross and keeps the values of each row', () => {
    const value = fc.float({ min: -100, max: 100, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 6, maxLength: 6 }),
        fc.array(value, { minLength: 3, maxLength: 3 }),
        (q, o) => {
          const out = applyOffsets(Float32Array.from(q), [o])
          for (let row = 0; row < 2; row++) {
            const shifted = o.map((offset, i) => Math.fround(Math.fround(q[row * 3 + i]) + offset))
            expect(Array.from(out.subarray(row * 3, row * 3 + 3))).toEqual(shifted.sort((a, b) => a - b))
          }
        },
      ),
    )
  })

  it('leaves its input alone', () => {
    const quantiles = Float32Array.of(2, 1)
    applyOffsets(quantiles, [[0, 0]])
    expect(Array.from(quantiles)).toEqual([2, 1])
  })

  it('refuses offsets of another shape', () => {
    expect(() => applyOffsets(new Float32Array(5), [[0, 0]])).toThrow(ForecastError)
    expect(() => applyOffsets(new Float32Array(4), [[0, 0], [0]])).toThrow(/\[2\]\[2, 1\]/)
  })
})
