import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../sdk/random.ts'
import {
  binValues,
  conditionalMutualInformation,
  mutualInformation,
} from '../../../../trainer/search/mutual-information.ts'

const N = 40_000

const normals = (seed: number, n = N): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, () => random.normal())
}

describe('mutual information', () => {
  it.each([0, 0.1, 0.3, 0.5, 0.7])('of Gaussians with correlation %d is −½ ln(1 − ρ²)', rho => {
    const x = normals(1)
    const noise = normals(2)
    const y = x.map((value, i) => rho * value + Math.sqrt(1 - rho * rho) * noise[i])
    const expected = -0.5 * Math.log(1 - rho * rho)
    const found = mutualInformation(binValues(x, 24), binValues(y, 24))
    expect(Math.abs(found - expected)).toBeLessThan(0.002 + 0.05 * expected)
  })

  it('of a coin with itself is ln 2', () => {
    const coin = Float64Array.from({ length: N }, (_, i) => i % 2)
    expect(mutualInformation(binValues(coin, 8), binValues(coin, 8))).toBeCloseTo(Math.LN2, 4)
  })

  it('of independent samples is 0 on average, however small they are', () => {
    const found = Array.from({ length: 200 }, (_, seed) =>
      mutualInformation(binValues(normals(2 * seed, 500), 8), binValues(normals(2 * seed + 1, 500), 8)),
    )
    // uncorrected it would be 49 / 1000
    expect(Math.abs(found.reduce((sum, value) => sum + value, 0) / found.length)).toBeLessThan(0.004)
  })

  it('heeds order alone, and is the same both ways', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer()), { minLength: 20 }), pairs => {
        const x = pairs.map(([value]) => value)
        const y = binValues(
          pairs.map(([, value]) => value),
          4,
        )
        const there = mutualInformation(binValues(x, 4), y)
        expect(
          mutualInformation(
            binValues(
              x.map(value => value ** 3),
              4,
            ),
            y,
          ),
        ).toBe(there)
        expect(mutualInformation(y, binValues(x, 4))).toBeCloseTo(there, 12)
      }),
    )
  })
})

describe('conditional mutual information', () => {
  it('of Gaussians is that of their partial correlation', () => {
    const [x, z, noise] = [normals(1), normals(2), normals(3)]
    const y = x.map((value, i) => 0.6 * value + z[i] + noise[i])
    // given z, y is 0.6·x + noise
    const rho = 0.6 / Math.sqrt(0.36 + 1)
    const found = conditionalMutualInformation(binValues(x, 16), binValues(y, 16), binValues(z, 16))
    const expected = -0.5 * Math.log(1 - rho * rho)
    expect(Math.abs(found - expected)).toBeLessThan(0.1 * expected)
  })

  it('of what is known already is 0', () => {
    const [x, noise] = [normals(1), normals(2)]
    const y = x.map((value, i) => value + noise[i])
    const known = binValues(x, 8)
    expect(conditionalMutualInformation(known, binValues(y, 8), known)).toBeCloseTo(0, 10)
  })

  it('sees what two tell together that neither tells alone', () => {
    const random = createRandom(7)
    const bit = () => Float64Array.from({ length: N }, () => Math.floor(2 * random.uniform()))
    const [a, b] = [bit(), bit()]
    const either = binValues(
      a.map((value, i) => (value === b[i] ? 0 : 1)),
      2,
    )
    expect(mutualInformation(binValues(a, 2), either)).toBeCloseTo(0, 3)
    expect(conditionalMutualInformation(binValues(a, 2), either, binValues(b, 2))).toBeCloseTo(Math.LN2, 3)
  })
})

describe('bins', () => {
  it('hold equally many values, equal ones together and missing ones apart', () => {
    expect([...binValues([5, 1, 3, 2, 4, 6], 3).of]).toEqual([2, 0, 1, 0, 1, 2])
    expect([...binValues([0, 0, 0, 0, 0, 1], 3).of]).toEqual([1, 1, 1, 1, 1, 2])
    expect([...binValues([1, Number.NaN, 2], 2).of]).toEqual([0, 2, 1])
  })
})
