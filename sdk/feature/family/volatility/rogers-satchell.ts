import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { rogersSatchellVariance } from '../../shared/range-variance.ts'

export const rogersSatchell = observedFeature({
  name: 'rogersSatchell',
  group: 'volatility',
  summary: 'Volatility by the extremes of the last candles against the ex-ante one; a trend does not inflate it.',
  unit: 'log ratio',
  formula: 'ln(√mean(ln(high/close)·ln(high/open) + ln(low/close)·ln(low/open), candles) + share·e) − ln e',
  edges: `${STILL_MARKET} A candle that only rose or only fell counts as still.`,
  source: 'Rogers & Satchell (1991), Estimating Variance from High, Low and Closing Prices, Ann. Appl. Prob. 1',
  parameters: { candles, share },
  examples: ['rogersSatchell(6,0.05)', 'rogersSatchell(24,0.05)'],
  build: (scope, { candles, share }) =>
    againstVolatility(scope, rollingMean(rogersSatchellVariance(scope), candles), share),
})
