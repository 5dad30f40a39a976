import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../sdk/random.ts'

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next)

describe('createRandom', () => {
  it('gives the same stream for the same seed and name, and another one for others', () => {
    const first = draw(5, createRandom(7, 'a').uniform)
    expect(draw(5, createRandom(7, 'a').uniform)).toEqual(first)
    expect(draw(5, createRandom(8, 'a').uniform)).not.toEqual(first)
    expect(draw(5, createRandom(7, 'b').uniform)).not.toEqual(first)
  })

  it('is uniform on [0, 1), for seed 0 and negative seeds too', () => {
    for (const seed of [0, 1, -1, 2 ** 31]) {
      const values = draw(20_000, createRandom(seed).uniform)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...values)).toBeLessThan(1)
      const counts = new Array<number>(10).fill(0)
      for (const value of values) counts[Math.floor(value * 10)]++
      // χ² with 9 degrees of freedom exceeds 33.7 once in 10,000 times
      const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
      expect(chiSquare).toBeLessThan(33.7)
    }
  })

  it('has standard normal moments', () => {
    const values = draw(50_000, createRandom(11).normal)
    const moment = (k: number): number => values.reduce((sum, v) => sum + v ** k, 0) / values.length
    expect(moment(1)).toBeCloseTo(0, 1)
    expect(moment(2)).toBeCloseTo(1, 1)
    expect(Math.abs(moment(3))).toBeLessThan(0.1)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2)
  })
})
