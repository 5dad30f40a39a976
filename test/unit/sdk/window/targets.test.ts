import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { computeTargets } from '../../../../sdk/window/targets.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

const HORIZONS = [1, 6, 24]
const table = computeFeatures(formulaSeries(300), ['body'])
const targets = computeTargets(table, HORIZONS)

describe('computeTargets', () => {
  it('turns back into the later close', () => {
    const { close } = table.series
    for (const t of [168, 200, 275]) {
      HORIZONS.forEach((h, k) => {
        const price = close[t] * Math.exp(targets[t * 3 + k] * table.volatility[t] * Math.sqrt(h))
        // float32 targets
        expect(price / close[t + h]).toBeCloseTo(1, 7)
      })
    }
  })

  it('is NaN exactly where the future or the volatility is not there', () => {
    for (let t = 0; t < 300; t++) {
      HORIZONS.forEach((h, k) => {
        expect(Number.isNaN(targets[t * 3 + k])).toBe(t < 168 || t + h >= 300)
      })
    }
  })
})
