import { observedFeature } from '../../feature.ts'
import { scaled, times } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { lag } from '../../op/lag.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { absoluteReturn } from '../../shared/log-return.ts'

/** π/2, rounded as in the measured recipe. */
const HALF_PI = 1.5708

export const bipower = observedFeature({
  name: 'bipower',
  group: 'volatility',
  summary: 'Volatility without its jumps against the ex-ante one: of products of neighbouring moves.',
  unit: 'log ratio',
  formula: 'ln(√(1.5708·mean(|r[t]|·|r[t − 1]|, candles)) + share·e) − ln e, 1.5708 for π/2',
  edges: STILL_MARKET,
  source:
    'Barndorff-Nielsen & Shephard (2004), Power and Bipower Variation with Stochastic Volatility and Jumps, J. Financial Econometrics 2',
  parameters: { candles, share },
  examples: ['bipower(24,0.05)'],
  build: (scope, { candles, share }) => {
    const size = absoluteReturn(scope)
    const variance = scaled(rollingMean(times(size, lag(size, 1)), candles), HALF_PI)
    return againstVolatility(scope, variance, share)
  },
})
