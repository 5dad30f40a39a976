import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { candles } from '../../parameters.ts'

export const rangePosition = observedFeature({
  name: 'rangePosition',
  group: 'shape',
  summary: 'Where the close stands in the range of the last candles: 0 at its low, 1 at its high.',
  unit: 'fraction',
  formula: '(close − min(low, candles)) / (max(high, candles) − min(low, candles))',
  edges: '0.5 where the market stood still all the time: neither high nor low.',
  parameters: { candles },
  examples: ['rangePosition(168)'],
  build: (scope, { candles }) =>
    eachRow(
      'rangePosition',
      [scope.candle('close'), rollingMin(scope.candle('low'), candles), rollingMax(scope.candle('high'), candles)],
      (out, [close, bottom, top], count) => {
        for (let i = 0; i < count; i++) {
          const range = top[i] - bottom[i]
          out[i] = range === 0 ? 0.5 : (close[i] - bottom[i]) / range
        }
      },
    ),
})
