import { describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { RECIPE_GROUPS } from '../../../../sdk/feature/recipe-features.ts'
import { seasonOf } from '../../../../sdk/feature/seasonality/season.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { columnReader, recipeSet } from '../../../fixtures/feature/recipe.ts'

const OWN = Object.values({ ...RECIPE_GROUPS.A, ...RECIPE_GROUPS.B, ...RECIPE_GROUPS.S })

/** Candles that open at the close before. */
function rowsOf(closes: readonly number[], volumeAt: (t: number) => number = () => 5): FeatureRows {
  const close = Float64Array.from(closes)
  const open = close.map((price, t) => close[t - 1] ?? price)
  return {
    symbol: 'BTC/USDT',
    timeframe: '1h',
    length: close.length,
    openTimeMs: close.map((_, t) => Date.UTC(2024, 0, 1) + t * HOUR_MS),
    ...{
      open,
      high: close.map((price, t) => Math.max(price, open[t])),
      low: close.map((price, t) => Math.min(price, open[t])),
    },
    close,
    volume: close.map((_, t) => volumeAt(t)),
  }
}

const HOURS = 2000
const standstill = (volumeAt?: (t: number) => number) => rowsOf(new Array(HOURS).fill(100), volumeAt)

const valueAt = (rows: FeatureRows, feature: string, row = rows.length - 1): number =>
  columnReader(computeFeatures(rows, recipeSet([feature])), feature)(row)

describe('in a market that stands still', () => {
  it.each([
    ['volatilityLevel', Math.log(1e-5)],
    ['realisedVolatility(6,0.05)', Math.log(0.1)],
    ['ewmaVolatility(6,0)', Math.log(0.1)],
    ['garmanKlass(6,0.05)', Math.log(0.1)],
    ['rogersSatchell(6,0.05)', Math.log(0.1)],
    ['yangZhang(24,0.05)', Math.log(0.1)],
    ['bipower(24,0.05)', Math.log(0.1)],
    ['deseasonalisedParkinson(3,0.05)', Math.log(0.1)],
    ['largestMove(24)', Math.log(1e-6)],
    ['absoluteMove(24)', Math.log(1e-6)],
    ['rangeWidth(24)', Math.log(1e-6)],
    ['volatilityOfVolatility(72)', Math.log(1e-3)],
    ['volatilityAge(168,720)', 0],
    ['semivariance(12)', 0],
    ['drift(24)', 0],
    ['autocovariance(24)', 0],
    ['signedSquare', 0],
    ['drawdown(720)', 0],
    ['drawup(720)', 0],
    ['rangePosition(168)', 0.5],
    ['body', 0],
    ['wick', 0],
  ])('%s is %d', (feature, expected) => {
    expect(valueAt(standstill(), feature)).toBeCloseTo(expected, 9)
  })
})

describe('where nothing has moved for a day, after livelier ones', () => {
  const closes = Array.from({ length: HOURS }, (_, t) => (t < HOURS - 30 ? 100 + (t % 7) : 100))
  it.each([
    'realisedVolatility(6,0.05)',
    'garmanKlass(6,0.05)',
    'rogersSatchell(6,0.05)',
    'yangZhang(24,0.05)',
    'bipower(24,0.05)',
    'deseasonalisedParkinson(3,0.05)',
  ])('%s is the logarithm of its share', feature => {
    expect(valueAt(rowsOf(closes), feature)).toBeCloseTo(Math.log(0.05), 5)
  })
})

describe('without volume', () => {
  it.each(['volumeSurprise(168)', 'volumeTrend(6,168)', 'volumeLevel(24,720)'])('%s is 0', feature => {
    expect(
      valueAt(
        standstill(() => 0),
        feature,
      ),
    ).toBe(0)
  })

  it('the seasonal surprise is what the season would have had', () => {
    const rows = standstill(() => 0)
    const { volume } = seasonOf({ symbol: rows.symbol, stepMs: HOUR_MS, set: recipeSet([]) })
    expect(valueAt(rows, 'seasonalVolumeSurprise(1)')).toBeCloseTo(-volume(rows.openTimeMs[HOURS - 1]), 12)
  })
})

describe('at a jump by six orders of magnitude', () => {
  const closes = Array.from({ length: HOURS }, (_, t) => (100 + (t % 7)) * (t < HOURS - 1 ? 1 : 1e6))
  it('moves count as extreme, not as how extreme', () => {
    expect(valueAt(rowsOf(closes), 'signedSquare')).toBe(64)
    expect(valueAt(rowsOf(closes.map(close => 1 / close)), 'signedSquare')).toBe(-64)
  })

  it('every feature of the recipe has a value', () => {
    const table = computeFeatures(rowsOf(closes), recipeSet(OWN))
    for (const feature of OWN) expect(columnReader(table, feature)(HOURS - 1), feature).toSatisfy(Number.isFinite)
  })
})

describe('while the history is short', () => {
  const closes = Array.from({ length: HOURS }, (_, t) => 100 + (t % 7) - t / 100)
  const long = rowsOf(closes)
  it.each([
    ['drawdown(720)', 168],
    ['volumeLevel(24,720)', 99],
    ['volatilityAge(168,720)', 719],
    ['seasonalVolumeSurprise(24)', 190],
    ['bipower(24,0.05)', 168],
    ['deseasonalisedEwma(24,0)', 168],
  ])('%s has its first value after %d candles', (feature, warmupCandles) => {
    const program = compileFeatures(recipeSet([feature]), { symbols: ['BTC/USDT'], timeframe: '1h' })
    expect(program.observed[0][0].warmupCandles).toBe(warmupCandles)
    expect(valueAt(long, feature, warmupCandles - 1)).toBeNaN()
    expect(valueAt(long, feature, warmupCandles)).not.toBeNaN()
  })

  it('extremes are those of what there is', () => {
    const { volatility } = computeFeatures(long, [])
    const row = 300
    const high = Math.max(...long.high.subarray(0, row + 1))
    expect(valueAt(long, 'drawdown(720)', row)).toBeCloseTo(Math.log(closes[row] / high) / (volatility[row] * 26), 9)
  })
})
