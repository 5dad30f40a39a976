import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import { logRatioOf, squared } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { rollingDeviation } from '../../op/rolling-deviation.ts'
import { integer, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { logBody, rogersSatchellVariance } from '../../shared/range-variance.ts'

/** Sample variance of the last `candles` values. */
const sampleVariance = (x: Series, candles: number): Series => squared(rollingDeviation(x, candles))

export const yangZhang = observedFeature({
  name: 'yangZhang',
  group: 'volatility',
  summary:
    'Volatility against the ex-ante one, by jumps between candles, bodies and extremes, weighted so that its own variance is least.',
  unit: 'log ratio',
  formula:
    'ln(√(s²(ln(open/close[−1])) + k·s²(ln(close/open)) + (1 − k)·rs) + share·e) − ln e, s² the sample variance and rs Rogers and Satchell’s over candles, k = 0.34 / (1.34 + (candles + 1)/(candles − 1))',
  edges: `${STILL_MARKET} Where candles are missing, the move over the gap is one jump.`,
  source:
    'Yang & Zhang (2000), Drift-Independent Volatility Estimation Based on High, Low, Open, and Close Prices, J. Business 73',
  parameters: { candles: integer({ min: 2, max: 10_000 }), share },
  examples: ['yangZhang(24,0.05)', 'yangZhang(168,0.05)'],
  build: (scope, { candles, share }) => {
    const weight = 0.34 / (1.34 + (candles + 1) / (candles - 1))
    const jump = logRatioOf(scope.candle('open'), lag(scope.candle('close'), 1))
    const variance = eachRow(
      `yangZhang ${candles}`,
      [
        sampleVariance(jump, candles),
        sampleVariance(logBody(scope), candles),
        rollingMean(rogersSatchellVariance(scope), candles),
      ],
      (out, [jumps, bodies, extremes], count) => {
        for (let i = 0; i < count; i++) out[i] = jumps[i] + weight * bodies[i] + (1 - weight) * extremes[i]
      },
    )
    return againstVolatility(scope, variance, share)
  },
})
