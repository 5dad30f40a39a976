import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosTurns, halfLifeDecay, ln, sinTurns } from '../../../sdk/portable-math.ts'

const UNIT_IN_LAST_PLACE = 2 ** -52
const positive = fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true })
const near1 = fc.double({ min: 0.9, max: 1.1, noNaN: true })
/** Where another entry of the logarithm's table, or another exponent, begins. */
const nearBoundary = fc
  .record({ half: fc.integer({ min: 175, max: 367 }), by: fc.double({ min: -1e-14, max: 1e-14, noNaN: true }) })
  .map(({ half, by }) => (half / 256) * (1 + by))

describe('portable elementary functions', () => {
  it('take logarithms to within 4 units in the last place, subnormals and values near 1 among them', () => {
    fc.assert(
      fc.property(fc.oneof(positive, near1, nearBoundary), x => {
        const expected = Math.log(x)
        expect(Math.abs(ln(x) - expected)).toBeLessThanOrEqual(4 * UNIT_IN_LAST_PLACE * Math.abs(expected))
      }),
      { numRuns: 6000 },
    )
  })

  it('give the exact values of the logarithm where there are any', () => {
    expect(ln(1)).toBe(0)
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(ln(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
    expect(ln(-1)).toBeNaN()
    expect(ln(Number.NaN)).toBeNaN()
    expect(ln(2)).toBe(Math.LN2)
    expect(ln(0.5)).toBe(-Math.LN2)
    expect(ln(10)).toBe(Math.LN10)
  })

  it('halve a weight in exactly one half-life', () => {
    for (const halfLife of [1, 2, 6, 24, 96, 336]) {
      let weight = 1
      for (let i = 0; i < halfLife; i++) weight *= halfLifeDecay(halfLife)
      expect(weight).toBeCloseTo(0.5, 13)
    }
  })

  it('give sine and cosine of turns, exact at quarter turns', () => {
    expect([0, 0.25, 0.5, 0.75, 1, -0.25].map(x => sinTurns(x) + 0)).toEqual([0, 1, 0, -1, 0, -1])
    expect([0, 0.25, 0.5, 0.75, 1, -0.5].map(x => cosTurns(x) + 0)).toEqual([1, 0, -1, 0, 1, -1])
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), turns => {
        expect(Math.abs(sinTurns(turns) - Math.sin(2 * Math.PI * turns))).toBeLessThan(4e-15)
        expect(Math.abs(cosTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(4e-15)
      }),
      { numRuns: 2000 },
    )
  })
})
