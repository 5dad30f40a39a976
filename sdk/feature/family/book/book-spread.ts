import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { bestAsk, bestBid, FRACTION_TO_BPS, midPrice } from './book-columns.ts'

export const bookSpread = observedFeature({
  name: 'bookSpread',
  group: 'book',
  summary: 'What it costs to buy and sell at once, at the candle’s close.',
  unit: 'bps',
  formula: '(best ask − best bid) / mid · 10,000, mid = (best bid + best ask) / 2',
  edges: 'No value without a snapshot in the last five minutes of the candle, as for every feature of the order book.',
  parameters: {},
  examples: ['bookSpread'],
  build: scope =>
    eachRow('bookSpread', [bestBid(scope), bestAsk(scope), midPrice(scope)], (out, [bid, ask, mid], count) => {
      for (let i = 0; i < count; i++) out[i] = ((ask[i] - bid[i]) / mid[i]) * FRACTION_TO_BPS
    }),
})
