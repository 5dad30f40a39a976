import { observedFeature } from '../../feature.ts'
import { logRatioOf, squared } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { candles, integer } from '../../parameters.ts'
import { squaredReturn } from '../../shared/log-return.ts'

export const varianceRatio = observedFeature({
  name: 'varianceRatio',
  group: 'moment',
  summary:
    'Whether moves went on (> 0) or were taken back (< 0) from candle to candle: 0 for a random walk, as a Hurst exponent of ½.',
  unit: 'ratio − 1',
  formula: 'mean(ln(close[t] / close[t − step])², candles) / (step·mean(r², candles)) − 1',
  edges: '0 where nothing moved over the last candles.',
  source: 'Lo & MacKinlay (1988), Stock Market Prices Do Not Follow Random Walks, Review of Financial Studies 1',
  parameters: { step: integer({ min: 2, max: 500 }), candles },
  examples: ['varianceRatio(4,168)', 'varianceRatio(24,720)'],
  build: (scope, { step, candles }) => {
    const close = scope.candle('close')
    const long = rollingMean(squared(logRatioOf(close, lag(close, step))), candles)
    return eachRow(
      `varianceRatio ${step}`,
      [long, rollingMean(squaredReturn(scope), candles)],
      (out, [over, single], count) => {
        for (let i = 0; i < count; i++) out[i] = single[i] === 0 ? 0 : over[i] / (step * single[i]) - 1
      },
    )
  },
})
