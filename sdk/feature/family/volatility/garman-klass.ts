import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { garmanKlassVariance } from '../../shared/range-variance.ts'

export const garmanKlass = observedFeature({
  name: 'garmanKlass',
  group: 'volatility',
  summary: 'Volatility by range and body of the last candles against the ex-ante one.',
  unit: 'log ratio',
  formula:
    'ln(√mean(max(½·ln(high/low)² − 0.3863·ln(close/open)², 0), candles) + share·e) − ln e, 0.3863 for 2 ln 2 − 1',
  edges: STILL_MARKET,
  source:
    'Garman & Klass (1980), On the Estimation of Security Price Volatilities from Historical Data, J. Business 53',
  parameters: { candles, share },
  examples: ['garmanKlass(1,0.05)', 'garmanKlass(6,0.05)', 'garmanKlass(24,0.05)'],
  build: (scope, { candles, share }) =>
    againstVolatility(scope, rollingMean(garmanKlassVariance(scope), candles), share),
})
