import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { integer } from '../../parameters.ts'
import { midPrice, sideColumns } from './book-columns.ts'

/** Least squares through the mid: of the quantity up to a level on the level’s distance from the mid. */
const sideSlope = (scope: Scope, side: 'bid' | 'ask', levels: number): Series =>
  eachRow(
    `sideSlope ${levels}`,
    [midPrice(scope), ...sideColumns(scope, side, 'Price', levels), ...sideColumns(scope, side, 'Quantity', levels)],
    (out, [mid, ...columns], count) => {
      for (let i = 0; i < count; i++) {
        let upTo = 0
        let products = 0
        let squares = 0
        for (let level = 0; level < levels; level++) {
          const distance = Math.abs(columns[level][i] - mid[i])
          upTo += columns[levels + level][i]
          products += distance * upTo
          squares += distance * distance
        }
        out[i] = products / squares
      }
    },
  )

export const bookSlope = observedFeature({
  name: 'bookSlope',
  group: 'book',
  summary: 'Which side of the order book fills up faster with the distance from the mid: > 0 the bids.',
  unit: 'log ratio',
  formula: 'ln(sB / sA), s = Σ dₖ·Qₖ / Σ dₖ², dₖ the distance of level k from the mid, Qₖ the quantity up to it',
  edges: 'No value where a side has fewer levels or is empty.',
  source:
    'after Næs & Skjeltorp (2006), Order Book Characteristics and the Volume–Volatility Relation, J. Financial Markets 9, with one regression in the place of their mean of local slopes',
  parameters: { levels: integer({ min: 2, max: 10 }) },
  examples: ['bookSlope(5)', 'bookSlope(10)'],
  build: (scope, { levels }) =>
    eachRow(
      'bookSlope',
      [sideSlope(scope, 'bid', levels), sideSlope(scope, 'ask', levels)],
      (out, [bids, asks], count) => {
        for (let i = 0; i < count; i++) out[i] = bids[i] > 0 && asks[i] > 0 ? ln(bids[i] / asks[i]) : Number.NaN
      },
    ),
})
