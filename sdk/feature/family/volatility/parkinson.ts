import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { parkinsonVariance } from '../../shared/range-variance.ts'

export const parkinson = observedFeature({
  name: 'parkinson',
  group: 'volatility',
  summary: 'Volatility by the range of the last candles against the ex-ante one: sharper than closes alone can tell.',
  unit: 'log ratio',
  formula: 'ln(√mean(ln(high/low)² / 2.7726, candles) + share·e) − ln e, 2.7726 for 4 ln 2',
  edges: STILL_MARKET,
  source:
    'Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53',
  parameters: { candles, share },
  examples: [
    'parkinson(1,0.05)',
    'parkinson(3,0.05)',
    'parkinson(6,0.05)',
    'parkinson(24,0)',
    'parkinson(72,0.05)',
    'parkinson(168,0.05)',
  ],
  build: (scope, { candles, share }) => againstVolatility(scope, rollingMean(parkinsonVariance(scope), candles), share),
})
