import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

const BEFORE = 240

/** The given candles after others that do not move, enough for the ex-ante volatility to be trusted. */
function rowsOf(given: readonly (readonly [high: number, low: number, close: number, volume: number])[]): FeatureRows {
  const all = [...Array.from({ length: BEFORE }, () => given[0]), ...given]
  const column = (i: number) => Float64Array.from(all, candle => candle[i])
  return {
    ...{ symbol: 'VEC/USDT', timeframe: '1h', length: all.length, open: column(2) },
    openTimeMs: Float64Array.from(all, (_, i) => i * HOUR_MS),
    ...{ high: column(0), low: column(1), close: column(2), volume: column(3) },
  }
}

/** The average price that a distance is measured from. */
const vwapAt = (rows: FeatureRows, feature: string, candles: number, t: number): number => {
  const { observed, volatility } = computeFeatures(rows, [feature])
  return rows.close[t] / Math.exp(observed[0][t] * volatility[t] * Math.sqrt(candles))
}

describe('vwapDistance', () => {
  it('is measured from the averages that StockCharts’ candles have in the tests of bukosabino/ta', () => {
    const rows = rowsOf([
      [24.8283, 24.3205, 24.7486, 18730.144],
      [24.7586, 24.5993, 24.7088, 12271.74],
      [25.1568, 24.7785, 25.0373, 24691.414],
      [25.5848, 24.9477, 25.545, 18357.606],
      [25.6844, 24.8083, 25.0672, 22964.08],
      [25.336, 25.0572, 25.107, 15918.948],
      [25.2862, 24.8482, 24.888, 16067.044],
      [25.1269, 24.7496, 24.9975, 16568.487],
      [25.2762, 24.9278, 25.0473, 16018.729],
      [25.3857, 25.0274, 25.336, 9773.569],
      [25.5351, 25.0473, 25.0572, 22572.712],
      [25.6048, 25.0622, 25.4455, 12986.669],
      [25.7441, 25.5351, 25.5649, 10906.659],
      [25.7242, 25.4554, 25.555, 5799.259],
      [25.6744, 25.2862, 25.4057, 7395.274],
      [25.4455, 25.1667, 25.3658, 5818.162],
      [25.3161, 24.9178, 25.0373, 7164.726],
    ])
    const printed = [25.11402265022072, 25.168402599215426, 25.20144430295291, 25.224830276069326]
    printed.forEach((vwap, i) => {
      expect(Math.abs(vwapAt(rows, 'vwapDistance(14)', 14, BEFORE + 13 + i) - vwap)).toBeLessThan(1e-9)
    })
  })

  it('is 0 where nothing was traded', () => {
    const rows = rowsOf(Array.from({ length: 60 }, (_, i) => [2 + i, 1 + i, 2 + i, 0] as const))
    const { observed } = computeFeatures(rows, ['vwapDistance(24)', 'sessionVwapDistance'])
    expect(observed.map(column => column[BEFORE + 59])).toEqual([0, 0])
  })
})

describe('sessionVwapDistance', () => {
  it('begins anew at midnight UTC', () => {
    const rows = rowsOf(Array.from({ length: 30 }, (_, i) => [10 + i, 10 + i, 10 + i, 1 + (i % 3)] as const))
    const at = (t: number) => vwapAt(rows, 'sessionVwapDistance', 24, t)
    // the candles given begin at a midnight, and end at 06:00 of the day after
    expect(at(BEFORE)).toBeCloseTo(10, 12)
    expect(at(BEFORE + 2)).toBeCloseTo((10 * 1 + 11 * 2 + 12 * 3) / 6, 12)
    expect(at(BEFORE + 24)).toBeCloseTo(34, 12)
    expect(at(BEFORE + 25)).toBeCloseTo((34 * 1 + 35 * 2) / 3, 12)
  })

  it('has no value while the history may have begun within the day', () => {
    const rows = rowsOf([[2, 1, 2, 1]])
    expect(computeFeatures(rows, ['sessionVwapDistance']).observedFeatures[0]).toMatchObject({
      warmupCandles: 168,
      exactMemory: true,
    })
  })
})
