import { describe, expect, it } from 'vitest'
import { bootstrapIntervals } from '../../../../sdk/backtest/bootstrap.ts'
import { createRandom } from '../../../../sdk/random.ts'

const candlesPerYear = 8766
function normals(length: number, mean: number, deviation: number, seed = 5): Float64Array {
  const { normal } = createRandom(seed)
  return Float64Array.from({ length }, () => mean + deviation * normal())
}

describe('bootstrapIntervals', () => {
  it('has the width that theory gives for independent returns', () => {
    const n = 4000
    const returns = normals(n, 0, 0.01)
    const { totalReturnFraction, sharpe } = bootstrapIntervals({
      returns,
      meanBlockCandles: 1,
      candlesPerYear,
      seed: 1,
    })
    // sums of n returns: ±1.645 · 0.01 · √n; per-candle Sharpe: ±1.645/√n
    const width = Math.log1p(totalReturnFraction.high) - Math.log1p(totalReturnFraction.low)
    expect(width / (2 * 1.645 * 0.01 * Math.sqrt(n))).toBeGreaterThan(0.9)
    expect(width / (2 * 1.645 * 0.01 * Math.sqrt(n))).toBeLessThan(1.1)
    const sharpeWidth = sharpe!.high - sharpe!.low
    expect(sharpeWidth / (2 * 1.645 * Math.sqrt(candlesPerYear / n))).toBeGreaterThan(0.9)
    expect(sharpeWidth / (2 * 1.645 * Math.sqrt(candlesPerYear / n))).toBeLessThan(1.1)
  })

  it('is wider with blocks where returns depend on each other', () => {
    // runs of 20 equal signs: independent draws miss that luck comes in runs
    const returns = normals(4000, 0, 0.01).map((_, i, all) => Math.abs(all[i]) * Math.sign(all[i - (i % 20)]))
    const width = (meanBlockCandles: number): number => {
      const { low, high } = bootstrapIntervals({
        returns,
        meanBlockCandles,
        candlesPerYear,
        seed: 1,
      }).totalReturnFraction
      return Math.log1p(high) - Math.log1p(low)
    }
    expect(width(100)).toBeGreaterThan(2 * width(1))
  })

  it('contains the plain estimate and says its level', () => {
    const returns = normals(1000, 0.001, 0.01)
    const total = Math.expm1(returns.reduce((sum, r) => sum + Math.log1p(r), 0))
    const { totalReturnFraction } = bootstrapIntervals({ returns, meanBlockCandles: 10, candlesPerYear, seed: 1 })
    expect(totalReturnFraction.low).toBeLessThan(total)
    expect(totalReturnFraction.high).toBeGreaterThan(total)
    expect(totalReturnFraction.level).toBe(0.9)
  })

  it('gives the same intervals for the same seed and others for another', () => {
    const options = { returns: normals(300, 0, 0.01), meanBlockCandles: 10, candlesPerYear }
    expect(bootstrapIntervals({ ...options, seed: 1 })).toEqual(bootstrapIntervals({ ...options, seed: 1 }))
    expect(bootstrapIntervals({ ...options, seed: 1 })).not.toEqual(bootstrapIntervals({ ...options, seed: 2 }))
  })

  it('has no Sharpe interval where most resamples do not vary', () => {
    const returns = new Float64Array(500)
    returns[250] = 0.1
    const { totalReturnFraction, sharpe } = bootstrapIntervals({
      returns,
      meanBlockCandles: 10,
      candlesPerYear,
      seed: 1,
    })
    expect(sharpe).toBeNull()
    expect(totalReturnFraction.low).toBe(0)
  })

  it('stays finite when a return is a total loss or worse', () => {
    const returns = normals(100, 0, 0.01)
    returns[50] = -1.5
    const { totalReturnFraction } = bootstrapIntervals({ returns, meanBlockCandles: 5, candlesPerYear, seed: 1 })
    expect(totalReturnFraction.low).toBeCloseTo(-1, 9)
    expect(Number.isFinite(totalReturnFraction.high)).toBe(true)
  })
})
