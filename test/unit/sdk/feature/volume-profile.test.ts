import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

const BEFORE = 200

function rowsOf(given: readonly (readonly [price: number, volume: number])[]): FeatureRows {
  const all = [...Array.from({ length: BEFORE }, () => given[0]), ...given]
  const price = Float64Array.from(all, candle => candle[0])
  return {
    ...{ symbol: 'VEC/USDT', timeframe: '1h', length: all.length, open: price, high: price, low: price, close: price },
    openTimeMs: Float64Array.from(all, (_, i) => i * HOUR_MS),
    volume: Float64Array.from(all, candle => candle[1]),
  }
}

/** Prices 10 … 20 in five bins of 2: their volumes are 1, 2, 8, 4, 5; the last candle closes at 20. */
const given = rowsOf([
  [10, 0.5],
  [11.5, 0.5],
  [13, 2],
  [14, 5],
  [15.9, 3],
  [17, 4],
  [19, 3],
  [20, 2],
])
const newest = BEFORE + 7

describe('the volume profile', () => {
  it('has its point of control in the middle of the fullest bin', () => {
    const { observed, volatility } = computeFeatures(given, ['pointOfControlDistance(8,5)'])
    expect(observed[0][newest]).toBeCloseTo(Math.log(20 / 15) / (volatility[newest] * Math.sqrt(8)), 12)
  })

  it('grows its value area by the fuller neighbour until it holds 70 % of the volume', () => {
    // 8, then 4 above, then 5 above: 17 of 20; the area is 14 … 20
    const { observed } = computeFeatures(given, ['valueAreaPosition(8,5)'])
    expect(observed[0][newest]).toBe(1)
    // the close before was 19; its window still has the 10 twice, of which one comes from before
    const held = computeFeatures(rowsOf([...Array.from({ length: 8 }, () => [10, 1] as const), [20, 1], [16, 1]]), [
      'valueAreaPosition(8,5)',
    ]).observed[0]
    // 10 six times, 20 and 16 once: the lowest bin alone holds 6 of 8; three of its heights above it is cut off
    expect(held[BEFORE + 9]).toBe(2)
  })

  it('is 0 or 0.5 where nothing was traded or the price did not move', () => {
    const without = rowsOf(Array.from({ length: 10 }, (_, i) => [10 + i, 0] as const))
    const still = rowsOf(Array.from({ length: 10 }, () => [10, 3] as const))
    for (const rows of [without, still]) {
      const { observed } = computeFeatures(rows, ['pointOfControlDistance(8,5)', 'valueAreaPosition(8,5)'])
      expect(observed.map(column => column[BEFORE + 9])).toEqual([0, 0.5])
    }
  })
})
