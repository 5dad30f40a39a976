import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ForecastError } from '../../../../sdk/errors.ts'
import { applyOffsets, fitConformalOffsets } from '../../../../sdk/forecast/calibration.ts'
import { quantileWeights, weightedSum } from '../../../../sdk/forecast/quantile-distribution.ts'
import { quantileCoverage } from '../../../../sdk/forecast/quantile-metrics.ts'

describe('fitConformalOffsets', () => {
  it('takes the (n + 1)·share-th smallest distance outside the interval, for both sides', () => {
    // 9 rows, both quantiles 0: outcomes ±1 … ±9 lie 1 … 9 outside; the pair holds 80 %, rank 10·0.8 = 8
    const targets = [5, -1, 9, -3, 7, 2, -8, 4, -6]
    expect(fitConformalOffsets(new Float32Array(27), targets, [0.1, 0.5, 0.9], 1)).toEqual([[-8, 0, 8]])
  })

  it('narrows an interval that holds too much', () => {
    // quantiles ±10, outcomes 1 … 9: they lie 9 … 1 inside; the 8th smallest of −9 … −1 is −2
    const quantiles = new Float32Array(18).map((_, i) => (i % 2 === 0 ? -10 : 10))
    expect(fitConformalOffsets(quantiles, [5, 1, 9, 3, 7, 2, 8, 4, 6], [0.1, 0.9], 1)).toEqual([[2, -2]])
  })

  it('interpolates between distances where the rank is not whole', () => {
    // 4 rows: rank 5·0.5 = 2.5, between 2 and 4
    expect(fitConformalOffsets(new Float32Array(8), [1, -2, 4, 8], [0.25, 0.75], 1)).toEqual([[-3, 3]])
  })

  it('fits each horizon by itself and leaves out rows without a target', () => {
    // horizon 0: outcomes 1, 2, 3 outside quantiles of 0; horizon 1: 5, (none), 7; the pair holds half: ranks 2 and 1.5
    const targets = [1, 5, 2, Number.NaN, 3, 7]
    expect(fitConformalOffsets(new Float32Array(12), targets, [0.25, 0.75], 2)).toEqual([
      [-2, 2],
      [-6, 6],
    ])
  })

  it('brings the coverage of intervals that are too narrow, or too wide, to what they promise', () => {
    const n = 999
    const levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    // outcomes spread evenly over −½ … ½ in an order that is not monotone
    const targets = Float64Array.from({ length: n }, (_, i) => ((i * 100) % n) / n - 0.5)
    const quantiles = new Float32Array(n * 5).map((_, i) => [-0.3, -0.29, 0, 0.29, 0.3][i % 5])
    const offsets = fitConformalOffsets(quantiles, targets, levels, 1)
    const [coverage] = quantileCoverage(applyOffsets(quantiles, offsets), targets, levels, 1)
    levels.forEach((level, q) => {
      expect(Math.abs(coverage[q] - level)).toBeLessThan(0.003)
    })
  })

  it('never turns a forecast: the mean that a gate reads stays where the network put it', () => {
    const levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    const { mean } = quantileWeights(levels)
    const outcome = fc.double({ min: -3, max: 9, noNaN: true })
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 20, maxLength: 60 }), targets => {
        const quantiles = new Float32Array(targets.length * 7).map((_, i) => (i % 7) - 3)
        const [offsets] = fitConformalOffsets(quantiles, targets, levels, 1)
        expect(Math.abs(weightedSum(mean, offsets))).toBeLessThan(1e-9)
        expect(offsets[3]).toBe(0)
      }),
    )
  })

  it('leaves a level without its mirror image as it is', () => {
    expect(fitConformalOffsets(new Float32Array(27), [1, 2, 3, 4, 5, 6, 7, 8, 9], [0.1, 0.2, 0.9], 1)).toEqual([
      [-8, 0, 8],
    ])
  })

  it('says how many rows a pair of levels needs', () => {
    expect(() => fitConformalOffsets(new Float32Array(16), new Float32Array(8), [0.05, 0.95], 1)).toThrow(
      /8 calibration rows cannot tell the interval between the quantiles 0.05 and 0.95: at least 9 are needed/,
    )
    expect(() => fitConformalOffsets(new Float32Array(18), new Float32Array(9), [0.05, 0.95], 1)).not.toThrow()
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
