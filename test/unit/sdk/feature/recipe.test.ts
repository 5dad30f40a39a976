import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { RECIPE_FEATURES, RECIPE_GROUPS } from '../../../../sdk/feature/recipe-features.ts'
import { resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'
import { fitSeasonalProfile } from '../../../../sdk/feature/seasonality/fit-seasonal-profile.ts'
import {
  columnReader,
  RECIPE_MARKET,
  RECIPE_OTHERS,
  RECIPE_PROFILE,
  REFERENCE,
  recipeRows,
  recipeSet,
} from '../../../fixtures/feature/recipe.ts'
import { hasMarketData } from '../../../fixtures/market-data.ts'

/** The columns that are made of a symbol's own candles and the time. */
const OWN = { ...RECIPE_GROUPS.A, ...RECIPE_GROUPS.B, ...RECIPE_GROUPS.S }

const tableOf = (asset: string) => computeFeatures(recipeRows(asset), recipeSet(Object.values(OWN)))

describe('the features of the recipe', () => {
  it('are 106 known names, each once', () => {
    expect(RECIPE_FEATURES).toHaveLength(106)
    expect(new Set(RECIPE_FEATURES.map(name => resolveFeature(name).name)).size).toBe(106)
  })

  it('cover every column of its groups', () => {
    const columns = Object.keys(REFERENCE.BTC.columns)
    expect(Object.values(RECIPE_GROUPS).flatMap(group => Object.keys(group))).toEqual(columns)
  })
})

describe.skipIf(!hasMarketData('the features of the recipe'))('on the recorded candles', () => {
  it.each(Object.keys(REFERENCE))('equal the values of its Python code within 1e-6: %s', asset => {
    const table = tableOf(asset)
    const { openTimeMs, columns } = REFERENCE[asset]
    const rows = openTimeMs.map(time => table.series.openTimeMs.indexOf(time))
    for (const [python, feature] of Object.entries(OWN)) {
      const read = columnReader(table, feature)
      rows.forEach((row, i) => {
        const expected = columns[python][i] ?? Number.NaN
        const where = `${feature} at ${new Date(openTimeMs[i]).toISOString()}: ${read(row)}, Python's ${python} ${expected}`
        expect(Math.abs(read(row) - expected), where).toBeLessThan(1e-6)
      })
    }
  })

  it.each(Object.keys(REFERENCE))(
    'estimate volatility as Rogers & Satchell and Yang & Zhang published it: %s',
    asset => {
      const { openTimeMs, estimators } = REFERENCE[asset]
      const table = computeFeatures(recipeRows(asset), Object.keys(estimators))
      for (const [feature, expected] of Object.entries(estimators)) {
        const read = columnReader(table, feature)
        openTimeMs.forEach((time, i) => {
          expect(Math.abs(read(table.series.openTimeMs.indexOf(time)) - expected[i]), feature).toBeLessThan(1e-6)
        })
      }
    },
  )

  it('have the season that its Python code fits, within 1e-9', () => {
    const profile = fitSeasonalProfile(RECIPE_MARKET.map(recipeRows), {
      startTimeMs: Date.UTC(2021, 1, 1),
      endTimeMs: Date.UTC(2022, 11, 31),
    })
    expect(profile.timeZone).toBe('America/New_York')
    for (const field of ['volatility', 'volume'] as const) {
      const worst = Math.max(...profile[field].map((value, hour) => Math.abs(value - RECIPE_PROFILE[field][hour])))
      expect(worst, field).toBeLessThan(1e-9)
    }
  })
})

/** A folder that `test/fixtures/feature/recipe-reference.py` filled with every row of every symbol. */
const FOLDER = process.env.RECIPE_ROWS

describe.skipIf(FOLDER === undefined)('every row of the recorded candles', () => {
  it('equals what the Python code gives', { timeout: 600_000 }, () => {
    const worst = new Map<string, { difference: number; asset: string; row: number; values: number }>()
    for (const asset of [...RECIPE_MARKET, ...RECIPE_OTHERS]) {
      const table = tableOf(asset)
      for (const [python, feature] of Object.entries(OWN)) {
        const expected = new Float64Array(readFileSync(join(FOLDER!, `${asset} ${python}.bin`)).buffer)
        expect(expected).toHaveLength(table.series.length)
        const read = columnReader(table, feature)
        const found = worst.get(python) ?? { difference: 0, asset, row: -1, values: 0 }
        for (let row = 721; row < expected.length; row++) {
          if (Number.isNaN(expected[row])) continue
          const difference = Math.abs(read(row) - expected[row])
          found.values++
          if (difference <= found.difference) continue
          Object.assign(found, { difference, asset, row })
        }
        worst.set(python, found)
      }
    }
    console.table(Object.fromEntries(worst))
    for (const [python, { difference }] of worst) expect(difference, python).toBeLessThan(1e-6)
  })
})
