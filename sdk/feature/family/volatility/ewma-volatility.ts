import { observedFeature } from '../../feature.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { halfLife, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { squaredReturn } from '../../shared/log-return.ts'

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
    againstVolatility(scope, exponentialMean(squaredReturn(scope), halfLife), share),
})
