import { observedFeature } from '../../feature.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET, volatilityLogRatio } from '../../op/log-ratio.ts'
import { halfLife, share } from '../../parameters.ts'
import { squaredReturn } from '../../shared/log-return.ts'
import { logVolatility, volatility } from '../../shared/volatility.ts'

export const ewmaVolatility = observedFeature({
  name: 'ewmaVolatility',
  group: 'volatility',
  summary: 'A faster or slower exponentially weighted volatility against the ex-ante one.',
  unit: 'log ratio',
  formula: 'ln(√EWMA(r², halfLife) + share·e) − ln e',
  edges: STILL_MARKET,
  source: 'J.P. Morgan/Reuters (1996), RiskMetrics Technical Document',
  parameters: { halfLife, share },
  examples: [
    'ewmaVolatility(2,0.02)',
    'ewmaVolatility(6,0)',
    'ewmaVolatility(12,0.02)',
    'ewmaVolatility(96,0)',
    'ewmaVolatility(336,0.02)',
  ],
  build: (scope, { halfLife, share }) =>
    volatilityLogRatio(exponentialMean(squaredReturn(scope), halfLife), volatility(scope), logVolatility(scope), share),
})
