import { observedFeature } from '../../feature.ts'
import { minus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachTime } from '../../op/each-row.ts'
import { candles } from '../../parameters.ts'
import { seasonOf } from '../../seasonality/season.ts'
import { aboveUsualVolume, candlesPerWeek } from '../../shared/log-volume.ts'

export const volumeSurprise = observedFeature({
  name: 'volumeSurprise',
  group: 'volume',
  summary: 'How unusual the volume is against the last candles, this one among them.',
  unit: 'log ratio',
  formula: 'ln(1 + volume) − mean(ln(1 + volume), candles)',
  edges: 'A candle without volume reads as far below the usual as that is; 0 where there never was any.',
  parameters: { candles },
  examples: ['volumeSurprise(168)'],
  build: (scope, { candles }) => aboveUsualVolume(scope, candles),
})

export const seasonalVolumeSurprise = observedFeature({
  name: 'seasonalVolumeSurprise',
  group: 'volume',
  summary: 'How unusual the volume of the last candles is for the hours of the week that they fell on.',
  unit: 'log ratio',
  formula:
    'mean(v − profile’s volume at the hour of the week, candles), v = ln(1 + volume) − mean(ln(1 + volume), 1 week)',
  edges: 'Candles without volume read as far below the usual as that is.',
  parameters: { candles },
  examples: ['seasonalVolumeSurprise(1)', 'seasonalVolumeSurprise(3)', 'seasonalVolumeSurprise(24)'],
  build: (scope, { candles }) => {
    const season = seasonOf(scope)
    const usual = eachTime('seasonVolume', scope.graph, scope.axis, season.volume)
    const surprise = minus(aboveUsualVolume(scope, candlesPerWeek(scope.stepMs)), usual)
    return candles === 1 ? surprise : rollingMean(surprise, candles)
  },
})
