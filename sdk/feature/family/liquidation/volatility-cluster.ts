import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import { minus, plus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { candles } from '../../parameters.ts'
import { logVolatility } from '../../shared/volatility.ts'
import { latch } from './latch.ts'

/** ln 1.5, rounded: half as much again as usual, or two thirds of it. */
const BEGINS_AT = 0.405

/** One state: begins where `sign·x ≥ BEGINS_AT`, ends where x has come back to the usual. */
const cluster = (x: Series, sign: 1 | -1, maxRows: number): Series => {
  const starts = eachRow(`clusterStarts ${sign}`, [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) {
      out[i] = Number.isNaN(values[i]) ? Number.NaN : values[i] * sign >= BEGINS_AT ? sign : 0
    }
  })
  const ends = eachRow(`clusterEnds ${sign}`, [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = values[i] * sign <= 0 ? 1 : 0
  })
  return latch(starts, ends, maxRows)
}

export const volatilityCluster = observedFeature({
  name: 'volatilityCluster',
  group: 'liquidation',
  summary:
    'Whether the market is in a cluster of large moves (+1), of small ones (−1) or in neither (0). It begins at one level and ends at another, so that it does not flicker.',
  unit: 'flag',
  formula: `+1 from ln e − u ≥ ${BEGINS_AT} until ≤ 0, −1 from ≤ −${BEGINS_AT} until ≥ 0, u = mean(ln e, candles); at most as many candles without meeting the first condition again`,
  edges: '0 where the market has stood still, or has been as lively as now, for so many candles.',
  source:
    'Mandelbrot (1963), The Variation of Certain Speculative Prices, J. Business 36 (large changes follow large ones)',
  parameters: { candles },
  examples: ['volatilityCluster(720)'],
  build: (scope, { candles }) => {
    const level = logVolatility(scope)
    const x = minus(level, rollingMean(level, candles))
    return plus(cluster(x, 1, candles), cluster(x, -1, candles))
  },
})
