import { observedFeature } from '../../feature.ts'
import { over } from '../../op/arithmetic.ts'

export const orderFlowImbalance = observedFeature({
  name: 'orderFlowImbalance',
  group: 'book',
  summary:
    'Net flow of orders to the best prices over the candle, in depths of the book: what moves the price, about in proportion.',
  unit: 'depths',
  formula:
    'Σ eₙ / D, eₙ = [b ≥ b′]·qb − [b ≤ b′]·qb′ − [a ≤ a′]·qa + [a ≥ a′]·qa′ from snapshot to snapshot (best bid b, ask a, their quantities; before: ′), D = mean((qb + qa) / 2)',
  edges: 'Changes between snapshots more than 10 seconds apart do not count; no value in a candle without any.',
  source: 'Cont, Kukanov & Stoikov (2014), The Price Impact of Order Book Events, J. Financial Econometrics 12',
  parameters: {},
  examples: ['orderFlowImbalance'],
  build: scope => over(scope.input('orderFlow'), scope.input('topDepth')),
})
