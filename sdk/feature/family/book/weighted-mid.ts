import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { bestAsk, bestBid, FRACTION_TO_BPS, midPrice } from './book-columns.ts'

export const weightedMid = observedFeature({
  name: 'weightedMid',
  group: 'book',
  summary:
    'How far the mid that is weighted by the quantities at the best prices lies from the mid: towards the thinner side, where the price gives way first. Gatheral and Oomen call it the microprice; that of Stoikov (2018) is another, the limit of expected mids, which needs a fit for each market.',
  unit: 'bps',
  formula: '(i·ask + (1 − i)·bid − mid) / mid · 10,000, i = bid quantity / (bid quantity + ask quantity)',
  edges: 'No value where both quantities are 0.',
  source: 'Gatheral & Oomen (2010), Zero-Intelligence Realized Variance Estimation, Finance and Stochastics 14',
  parameters: {},
  examples: ['weightedMid'],
  build: scope =>
    eachRow(
      'weightedMid',
      [bestBid(scope), bestAsk(scope), midPrice(scope), scope.input('bidQuantity1'), scope.input('askQuantity1')],
      (out, [bid, ask, mid, bidQuantity, askQuantity], count) => {
        for (let i = 0; i < count; i++) {
          const both = bidQuantity[i] + askQuantity[i]
          const share = bidQuantity[i] / both
          const weighted = share * ask[i] + (1 - share) * bid[i]
          out[i] = both > 0 ? ((weighted - mid[i]) / mid[i]) * FRACTION_TO_BPS : Number.NaN
        }
      },
    ),
})
