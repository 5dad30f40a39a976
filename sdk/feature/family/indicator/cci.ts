import { observedFeature } from '../../feature.ts'
import { distancesFrom, meanOf, overWindow, type WindowFigure } from '../../op/over-window.ts'
import { typicalPrice } from '../../shared/typical-price.ts'
import { period } from './period.ts'

/** Lambert’s scale: most values lie within ±100. */
const SCALE = 0.015

/** The newest price's distance from the mean, in mean distances. */
const position: WindowFigure = (p, from, n) => {
  const mean = meanOf(p, from, n)
  const distances = distancesFrom(mean, p, from, n)
  return distances === 0 ? 0 : ((p[from + n - 1] - mean) * n) / (SCALE * distances)
}

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
  build: (scope, { candles }) => overWindow('cci', typicalPrice(scope), candles, position),
})
