import { observedFeature } from '../../feature.ts'
import { logOnePlus, minus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { candles } from '../../parameters.ts'

export const volumeSurprise = observedFeature({
  name: 'volumeSurprise',
  group: 'volume',
  summary: 'How unusual the volume is against the last candles, this one among them.',
  unit: 'log ratio',
  formula: 'ln(1 + volume) − mean(ln(1 + volume), candles)',
  edges: 'A candle without volume reads as far below the usual as that is; 0 where there never was any.',
  parameters: { candles },
  examples: ['volumeSurprise(168)'],
  build: (scope, { candles }) => {
    const logVolume = logOnePlus(scope.candle('volume'))
    return minus(logVolume, rollingMean(logVolume, candles))
  },
})
