import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantileWeights, weightedSum } from '../../../../sdk/forecast/quantile-distribution.ts'

const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
/** Standard normal quantiles at LEVELS, from printed tables. */
const NORMAL = [
  -1.6448536269514722, -1.2815515655446004, -0.6744897501960817, 0, 0.6744897501960817, 1.2815515655446004,
  1.6448536269514722,
]

describe('the mean of a distribution known by quantiles', () => {
  it('is exact for a normal distribution, whatever its mean and deviation', () => {
    const { mean } = quantileWeights(LEVELS)
    for (const [mu, sigma] of [
      [0, 1],
      [0.3, 2],
      [-5, 0.01],
    ]) {
      expect(
        weightedSum(
          mean,
          NORMAL.map(z => mu + sigma * z),
        ),
      ).toBeCloseTo(mu, 12)
    }
  })

  it('is within 3 % of the mean of an exponential distribution', () => {
    const { mean } = quantileWeights(LEVELS)
    const exponential = LEVELS.map(p => -Math.log(1 - p))
    expect(Math.abs(weightedSum(mean, exponential) - 1)).toBeLessThan(0.03)
  })

  it('is within 3 % of a deviation for a skewed log-normal', () => {
    const s = 0.5
    const logNormal = NORMAL.map(z => Math.exp(s * z))
    const trueMean = Math.exp((s * s) / 2)
    const deviation = trueMean * Math.sqrt(Math.exp(s * s) - 1)
    const { mean } = quantileWeights(LEVELS)
    expect(Math.abs(weightedSum(mean, logNormal) - trueMean) / deviation).toBeLessThan(0.03)
  })

  it('follows a shift and a stretch of the quantiles, for any levels', () => {
    const levelSets = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 9 })
    fc.assert(
      fc.property(levelSets, fc.double({ min: -10, max: 10, noNaN: true }), (percents, shift) => {
        const levels = percents.sort((a, b) => a - b).map(p => p / 100)
        const { mean, width80 } = quantileWeights(levels)
        const quantiles = levels.map((_, i) => i * i)
        const moved = quantiles.map(q => 3 * q + shift)
        expect(weightedSum(mean, moved)).toBeCloseTo(3 * weightedSum(mean, quantiles) + shift, 8)
        expect(weightedSum(width80, moved)).toBeCloseTo(3 * weightedSum(width80, quantiles), 8)
      }),
    )
  })
})

describe('the width of the 80 % interval', () => {
  it('is the 0.9 quantile minus the 0.1 quantile where both levels are there', () => {
    expect(weightedSum(quantileWeights(LEVELS).width80, NORMAL)).toBeCloseTo(2 * 1.2815515655446004, 12)
  })

  it('reads the levels off exponential tails where the outermost levels lie further in', () => {
    // Laplace distribution: the 0.1 and 0.9 quantiles are ±ln 5, and its tails are exponential
    const levels = [0.2, 0.3, 0.5, 0.7, 0.8]
    const laplace = levels.map(p => (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p))))
    expect(weightedSum(quantileWeights(levels).width80, laplace)).toBeCloseTo(2 * Math.log(5), 12)
  })

  it('interpolates where the levels lie further out', () => {
    expect(weightedSum(quantileWeights([0.05, 0.95]).width80, [-0.45, 0.45])).toBeCloseTo(0.8, 12)
  })
})

it('levels that make no distribution are refused with the levels in the message', () => {
  for (const levels of [[0.5], [0.9, 0.1], [0.1, 0.1], [0, 0.5], [0.5, Number.NaN]]) {
    expect(() => quantileWeights(levels)).toThrow(`[${levels.join(', ')}]`)
  }
})
