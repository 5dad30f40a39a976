import { observedFeature } from '../../feature.ts'
import { meanOf, overWindow } from '../../op/over-window.ts'
import { typicalPrice } from '../../shared/typical-price.ts'
import { period } from './period.ts'

/** Lambert’s scale: most values lie within ±100. */
const SCALE = 0.015

export const cci = observedFeature({
  name: 'cci',
  group: 'indicator',
  summary: 'Commodity channel index: how far the typical price is from its mean, in mean deviations.',
  unit: '±100 usual',
  formula: `(p − mean(p, candles)) / (${SCALE}·mean(|p − mean(p, candles)|, candles)), p = (high + low + close) / 3`,
  edges: '0 where the typical price has not moved.',
  source: 'Lambert (1980), Commodity Channel Index: Tool for Trading Cyclic Trends, Commodities',
  parameters: { candles: period },
  examples: ['cci(20)'],
  build: (scope, { candles }) =>
    overWindow('cci', typicalPrice(scope), candles, (p, from, n) => {
      const mean = meanOf(p, from, n)
      let deviations = 0
      for (let i = from; i < from + n; i++) deviations += Math.abs(p[i] - mean)
      return deviations === 0 ? 0 : ((p[from + n - 1] - mean) * n) / (SCALE * deviations)
    }),
})
