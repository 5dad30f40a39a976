import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { levels, sideQuantity } from './book-columns.ts'

export const bookImbalance = observedFeature({
  name: 'bookImbalance',
  group: 'book',
  summary: 'Which side of the order book is heavier at its best levels: +1 all bids, −1 all asks.',
  unit: 'fraction',
  formula: '(B − A) / (B + A), B and A the quantity of the bid’s and the ask’s best levels',
  edges: 'No value where a side has fewer levels, or where all of them are empty.',
  source: 'Gould & Bonart (2016), Queue Imbalance as a One-Tick-Ahead Price Predictor in a Limit Order Book',
  parameters: { levels },
  examples: ['bookImbalance(1)', 'bookImbalance(5)', 'bookImbalance(10)'],
  build: (scope, { levels }) =>
    eachRow(
      'bookImbalance',
      [sideQuantity(scope, 'bid', levels), sideQuantity(scope, 'ask', levels)],
      (out, [bids, asks], count) => {
        for (let i = 0; i < count; i++) {
          const both = bids[i] + asks[i]
          out[i] = both > 0 ? (bids[i] - asks[i]) / both : Number.NaN
        }
      },
    ),
})
