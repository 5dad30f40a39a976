import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

/** By the families' formulas in plain Python, with a sum over each window instead of anything rolling. */
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/feature/indicator-vectors-formula.json', import.meta.url), 'utf8'),
) as { index: number; values: Record<string, number> }[]

describe('indicators, moments, regimes, volume profile and VWAP distance', () => {
  it.each(reference)('equal the reference at candle $index of a market in closed form', ({ index, values }) => {
    const table = computeFeatures(formulaSeries(600), Object.keys(values))
    table.observedNames.forEach((name, f) => {
      const value = table.observed[f][index]
      expect(Math.abs(value - values[name]), `${name}: ${value}, expected ${values[name]}`).toBeLessThan(1e-9)
    })
  })
})
