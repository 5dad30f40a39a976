import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { RECIPE_GROUPS } from '../../../../sdk/feature/recipe-features.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { recipeSet } from '../../../fixtures/feature/recipe.ts'

const PRICE_FEATURES = Object.values({ ...RECIPE_GROUPS.A, ...RECIPE_GROUPS.B, ...RECIPE_GROUPS.S })
const LENGTH = 900

/** A random walk with wicks, some candles of which are missing. */
function randomRows(seed: number): FeatureRows {
  const random = createRandom(seed, 'walk')
  const column = () => new Float64Array(LENGTH)
  const [openTimeMs, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()]
  let [price, timeMs] = [100, Date.UTC(2023, 2, 1)]
  for (let t = 0; t < LENGTH; t++) {
    timeMs += (random.uniform() < 0.01 ? 5 : 1) * HOUR_MS
    openTimeMs[t] = timeMs
    open[t] = price
    price *= 1 + 0.01 * random.normal()
    close[t] = price
    high[t] = Math.max(open[t], price) * (1 + 0.003 * random.uniform())
    low[t] = Math.min(open[t], price) * (1 - 0.003 * random.uniform())
    volume[t] = random.uniform() < 0.02 ? 0 : 1000 * random.uniform()
  }
  return { symbol: 'BTC/USDT', timeframe: '1h', length: LENGTH, openTimeMs, open, high, low, close, volume }
}

const withPrices = (rows: FeatureRows, map: (price: number) => number): FeatureRows => ({
  ...rows,
  open: rows.open.map(map),
  high: rows.high.map(map),
  low: rows.low.map(map),
  close: rows.close.map(map),
})

/** The market upside down: every rise is a fall as large. */
const mirrored = (rows: FeatureRows): FeatureRows => {
  const { open, high, low, close } = withPrices(rows, price => 1 / price)
  return { ...rows, open, high: low, low: high, close }
}

const seeds = fc.integer({ min: 0, max: 1e6 })

describe('the features of the recipe', () => {
  it('do not depend on the currency that prices are quoted in', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -20, max: 20 }), (seed, power) => {
        const rows = randomRows(seed)
        const scaled = withPrices(rows, price => price * 2 ** power)
        const [a, b] = [rows, scaled].map(each => computeFeatures(each, recipeSet(PRICE_FEATURES)))
        expect(b.observed).toEqual(a.observed)
      }),
      { numRuns: 10 },
    )
  })

  it.each([
    ['return(6)', -1],
    ['drift(24)', -1],
    ['semivariance(12)', -1],
    ['signedSquare', -1],
    ['autocovariance(24)', 1],
    ['largestMove(24)', 1],
    ['bipower(24,0.05)', 1],
    ['parkinson(6,0.05)', 1],
    ['garmanKlass(6,0.05)', 1],
    ['rogersSatchell(6,0.05)', 1],
    ['yangZhang(24,0.05)', 1],
    ['rangeWidth(24)', 1],
    ['deseasonalisedVolatility(3,0.1)', 1],
  ])('turn round with the market, or not at all: %s by %d', (feature, sign) => {
    fc.assert(
      fc.property(seeds, seed => {
        const rows = randomRows(seed)
        const [up, down] = [rows, mirrored(rows)].map(each => computeFeatures(each, recipeSet([feature])).observed[0])
        for (let t = 200; t < LENGTH; t++) expect(down[t]).toBeCloseTo(sign * up[t], 9)
      }),
      { numRuns: 5 },
    )
  })

  it('in the mirror: drawdown is drawup', () => {
    const rows = randomRows(3)
    const [down] = computeFeatures(mirrored(rows), ['drawdown(720)']).observed
    const [up] = computeFeatures(rows, ['drawup(720)']).observed
    for (let t = 200; t < LENGTH; t++) expect(down[t]).toBeCloseTo(-up[t], 9)
  })
})
