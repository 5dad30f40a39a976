import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureTable } from '../../../../sdk/feature/feature-table.ts'
import { RECIPE_GROUPS } from '../../../../sdk/feature/recipe-features.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import {
  columnReader,
  RECIPE_MARKET,
  RECIPE_OTHERS,
  REFERENCE,
  recipeRows,
  recipeSet,
} from '../../../fixtures/feature/recipe.ts'
import { hasMarketData } from '../../../fixtures/market-data.ts'

const COLUMNS = Object.entries(RECIPE_GROUPS.X)
const ASSETS = [...RECIPE_MARKET, ...RECIPE_OTHERS]

/** So long after a symbol began, Python's market has it and ours does not: its volatility must settle first. */
const YOUNG_MS = 200 * HOUR_MS

/** A folder that `test/fixtures/feature/recipe-reference.py` filled with every row of every symbol. */
const FOLDER = process.env.RECIPE_ROWS

describe.skipIf(!hasMarketData('cross-asset features'))('cross-asset features of the recorded candles', () => {
  const tables = new Map<string, FeatureTable>()
  beforeAll(() => {
    const panel = ASSETS.map(recipeRows)
    const set = recipeSet(Object.values(RECIPE_GROUPS.X))
    const program = compileFeatures(set, { symbols: panel.map(({ symbol }) => symbol), timeframe: '1h' })
    computePanel(program, panel).forEach((table, s) => {
      tables.set(ASSETS[s], table)
    })
  }, 60_000)

  it.each(Object.keys(REFERENCE))(
    'equal the values of the recipe’s Python code within 1e-6, and are missing where they are missing there: %s',
    asset => {
      const table = tables.get(asset)!
      const { openTimeMs, columns } = REFERENCE[asset]
      for (const [python, feature] of COLUMNS) {
        const read = columnReader(table, feature)
        openTimeMs.forEach((time, i) => {
          const found = read(table.series.openTimeMs.indexOf(time))
          const expected = columns[python][i] ?? Number.NaN
          const where = `${feature} at ${new Date(time).toISOString()}: ${found}, Python's ${python} ${expected}`
          expect(Number.isNaN(found), where).toBe(Number.isNaN(expected))
          if (!Number.isNaN(expected)) expect(Math.abs(found - expected), where).toBeLessThan(1e-6)
        })
      }
    },
  )

  it.skipIf(FOLDER === undefined)(
    'equal them at every row of every symbol, where no symbol is young',
    { timeout: 600_000 },
    () => {
      const starts = RECIPE_MARKET.map(asset => tables.get(asset)!.series.openTimeMs[0])
      const isYoung = (time: number) => starts.some(start => time >= start && time < start + YOUNG_MS)
      const worst = COLUMNS.map(([python, feature]) => {
        let found = { difference: 0, asset: '', row: -1 }
        for (const asset of ASSETS) {
          const expected = new Float64Array(readFileSync(join(FOLDER!, `${asset} ${python}.bin`)).buffer)
          const { openTimeMs } = tables.get(asset)!.series
          const read = columnReader(tables.get(asset)!, feature)
          for (let row = 721; row < expected.length; row++) {
            if (isYoung(openTimeMs[row])) continue
            const bothMissing = Number.isNaN(expected[row]) && Number.isNaN(read(row))
            const difference = bothMissing ? 0 : Math.abs(read(row) - expected[row])
            if (!(difference <= found.difference)) found = { difference, asset, row }
          }
        }
        return { python, feature, ...found }
      })
      console.table(worst)
      for (const { feature, difference } of worst) expect(difference, feature).toBeLessThan(1e-6)
    },
  )
})
