import { describe, expect, it } from 'vitest'
import type { StrategyRun, Trade } from '../../../../sdk/backtest/backtest.ts'
import { equityReturns, maxDrawdownFraction, measureRun, momentsOf } from '../../../../sdk/backtest/metrics.ts'
import { DAY_MS, HOUR_MS } from '../../../../sdk/units.ts'

const trade = (realisedQuote: number | null, quantityBase = 1, price = 100): Trade => ({
  timeMs: 0,
  side: 'buy',
  quantityBase,
  price,
  feeQuote: 1,
  slippageQuote: 0.5,
  realisedQuote,
})
const run = (equity: number[], trades: Trade[] = []): StrategyRun => ({
  name: 'test',
  equity: Float64Array.from(equity),
  exposureFraction: 0.5,
  trades,
})

describe('measureRun', () => {
  it('measures a small curve worked by hand', () => {
    // returns +10 %, −10 %, +20 %: mean 0.2/3; squares about the mean: (0.1 − m)² + (0.1 + m)² + (0.2 − m)² = 0.14/3
    // daily candles: sample deviation √(0.14/6); downside √(0.01/3); fall from 110 to 99: 10 %
    const metrics = measureRun(run([100, 110, 99, 118.8]), DAY_MS)
    const mean = 0.2 / 3
    expect(metrics.totalReturnFraction).toBeCloseTo(0.188, 12)
    expect(metrics.sharpe).toBeCloseTo((mean / Math.sqrt(0.14 / 6)) * Math.sqrt(365.25), 10)
    expect(metrics.sortino).toBeCloseTo((mean / Math.sqrt(0.01 / 3)) * Math.sqrt(365.25), 10)
    expect(metrics.annualVolatilityFraction).toBeCloseTo(Math.sqrt((0.14 / 6) * 365.25), 10)
    expect(metrics.maxDrawdownFraction).toBeCloseTo(0.1, 12)
  })

  it('annualises growth over a year of candles', () => {
    // 1461 candles of 6 h = 365.25 days, growing 21 % with a fall of 10 % on the way
    const equity = Array.from({ length: 1462 }, () => 100)
    equity.fill(110, 100)
    equity.fill(99, 200)
    equity.fill(121, 300)
    const metrics = measureRun(run(equity), 6 * HOUR_MS)
    expect(metrics.cagrFraction).toBeCloseTo(0.21, 12)
    expect(metrics.calmar).toBeCloseTo(2.1, 10)
  })

  it('judges closing trades and adds up what was traded and paid', () => {
    // closes: +30, −10, −5, +10: half of them won, 40 over 15; 5 trades of 2 · 100 on a mean equity of 100
    const trades = [trade(null, 2), trade(30, 2), trade(-10, 2), trade(-5, 2), trade(10, 2)]
    const metrics = measureRun(run([100, 90, 110], trades), HOUR_MS)
    expect(metrics.hitRateFraction).toBe(0.5)
    expect(metrics.profitFactor).toBeCloseTo(40 / 15, 12)
    expect(metrics.turnover).toBeCloseTo(10, 12)
    expect(metrics.trades).toBe(5)
    expect(metrics.costsQuote).toBeCloseTo(7.5, 12)
  })

  it('says null and why for what cannot be said', () => {
    const still = measureRun(run([100, 100, 100]), HOUR_MS)
    expect(still).toMatchObject({
      sharpe: null,
      sortino: null,
      calmar: null,
      cagrFraction: null,
      hitRateFraction: null,
      profitFactor: null,
    })
    expect(still.undefinedReasons).toEqual({
      cagrFraction: 'the period of 0.1 days is shorter than 30 days',
      sharpe: 'equity never changed',
      sortino: 'equity never changed',
      calmar: 'the period of 0.1 days is shorter than 30 days',
      hitRateFraction: 'no position was closed',
      profitFactor: 'no position was closed',
    })
    const rising = measureRun(
      run(
        Array.from({ length: 60 }, (_, i) => 100 + i),
        [trade(5)],
      ),
      DAY_MS,
    )
    expect(rising.undefinedReasons).toEqual({
      sortino: 'no candle had a loss',
      calmar: 'equity never fell',
      profitFactor: 'no closed trade made a loss',
    })
    expect(measureRun(run([100, 101]), DAY_MS).undefinedReasons.sharpe).toBe('there are fewer than two returns')
  })

  it('counts a lost account as lost, not as NaN', () => {
    const equity = Array.from({ length: 60 }, (_, i) => (i < 30 ? 100 : -20))
    const metrics = measureRun(run(equity), DAY_MS)
    expect(metrics.totalReturnFraction).toBeCloseTo(-1.2, 12)
    expect(metrics.maxDrawdownFraction).toBeCloseTo(1.2, 12)
    expect(metrics.undefinedReasons.cagrFraction).toBe('equity was lost')
    expect(metrics.sharpe).toBeLessThan(0)
  })

  it('never gives a number that is not finite', () => {
    for (const equity of [
      [100, 100],
      [100, 0, 0],
      [100, 200, 50],
      [1e-9, 1e9, 1e-9],
    ]) {
      const { undefinedReasons, ...values } = measureRun(run(equity), HOUR_MS)
      for (const [name, value] of Object.entries(values)) {
        expect(value === null ? name in undefinedReasons : Number.isFinite(value)).toBe(true)
      }
    }
  })
})

it('moments are those of the textbook', () => {
  // 0, 0, 0, 4: mean 1, squares 1 1 1 9 = 12, cubes −1 −1 −1 27 = 24, fourths 1 1 1 81 = 84; variance 3
  const { mean, deviation, skewness, kurtosis } = momentsOf(Float64Array.of(0, 0, 0, 4))
  expect(mean).toBe(1)
  expect(deviation).toBe(2)
  expect(skewness).toBeCloseTo(6 / 3 ** 1.5, 14)
  expect(kurtosis).toBeCloseTo(21 / 9, 14)
})

it('returns are simple returns, and 0 after equity is gone', () => {
  expect(Array.from(equityReturns(Float64Array.of(100, 150, -50, -50)))).toEqual([0.5, -50 / 150 - 1, 0])
})

it('the largest drawdown is measured from the peak before it', () => {
  expect(maxDrawdownFraction(Float64Array.of(100, 80, 200, 120, 190, 110))).toBeCloseTo(0.45, 14)
})
