import { describe, expect, it } from 'vitest'
import { deflatedSharpe, expectedMaxSharpe, probabilisticSharpe } from '../../../../sdk/backtest/deflated-sharpe.ts'
import { normalCdf, normalQuantile } from '../../../../sdk/backtest/normal-distribution.ts'

describe('the normal distribution', () => {
  it('has the values of printed tables', () => {
    // Abramowitz & Stegun, tables 26.1 and 26.2
    for (const [x, p] of [
      [0, 0.5],
      [1, 0.841344746068543],
      [2, 0.977249868051821],
      [3, 0.99865010196837],
      [5, 0.999999713348428],
      [-1, 0.158655253931457],
    ]) {
      expect(Math.abs(normalCdf(x) - p)).toBeLessThan(2e-15)
    }
    // far tail: Q(10) = 7.61985e-24
    expect(normalCdf(-10) / 7.61985302416047e-24).toBeCloseTo(1, 10)
  })

  it('has the quantiles of printed tables', () => {
    for (const [p, x] of [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.99, 2.326347874040841],
      [0.05, -1.644853626951473],
      [1e-10, -6.361340902404056],
    ]) {
      expect(normalQuantile(p)).toBeCloseTo(x, 10)
    }
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.1)]).toEqual([-Infinity, Infinity, Number.NaN])
  })

  it('has quantiles that invert its distribution function', () => {
    for (let p = 0.001; p < 1; p += 0.0173) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13)
  })
})

describe('the deflated Sharpe ratio', () => {
  // The example of Bailey & López de Prado 2014: 1250 daily returns, annualised Sharpe 2.5 over 250 days, the best of
  // 100 trials whose annualised Sharpe ratios have variance ½, skewness −3, kurtosis 10.
  const sample = { sharpe: 2.5 / Math.sqrt(250), observations: 1250, skewness: -3, kurtosis: 10 }
  const dailyVariance = 1 / 2 / 250

  it('equals the published example', () => {
    expect(expectedMaxSharpe(100, dailyVariance)).toBeCloseTo(0.1132, 4)
    expect(deflatedSharpe(sample, 100, dailyVariance)).toBeCloseTo(0.9004, 4)
  })

  it('equals the published variants: 46 trials, and 88 trials with normal returns', () => {
    expect(deflatedSharpe(sample, 46, dailyVariance)).toBeCloseTo(0.9505, 3)
    expect(deflatedSharpe({ ...sample, skewness: 0, kurtosis: 3 }, 88, dailyVariance)).toBeCloseTo(0.9505, 3)
  })

  it('is the probabilistic Sharpe ratio against zero for a single trial', () => {
    expect(expectedMaxSharpe(1, 0.01)).toBe(0)
    expect(deflatedSharpe(sample, 1)).toBe(probabilisticSharpe(sample, 0))
  })

  it('takes the variance of luck alone, 1/(T − 1), where only a count is known, and falls with it', () => {
    expect(deflatedSharpe(sample, 100)).toBe(deflatedSharpe(sample, 100, 1 / 1249))
    const probabilities = [1, 2, 10, 100, 10_000].map(trials => deflatedSharpe(sample, trials)!)
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a))
  })

  it('follows the textbook form for normal returns: Φ(SR·√(T − 1) / √(1 + SR²/2))', () => {
    const normal = { sharpe: 0.1, observations: 101, skewness: 0, kurtosis: 3 }
    expect(probabilisticSharpe(normal, 0)).toBeCloseTo(normalCdf(1 / Math.sqrt(1.005)), 14)
  })

  it('is null where the variance of the estimate is not positive', () => {
    expect(probabilisticSharpe({ sharpe: 1, observations: 100, skewness: 3, kurtosis: 3 }, 0)).toBeNull()
    expect(probabilisticSharpe({ ...sample, observations: 1 }, 0)).toBeNull()
    expect(probabilisticSharpe({ ...sample, skewness: Number.NaN }, 0)).toBeNull()
  })
})
