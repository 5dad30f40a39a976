import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import { minus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { candles } from '../../parameters.ts'
import { logVolume } from '../../shared/log-volume.ts'

/** Candles that are enough for the long mean's first value. */
const MIN_CANDLES = 100

export const volumeTrend = [
  observedFeature({
    name: 'volumeTrend',
    group: 'volume',
    summary: 'Whether more is being traded lately than usual.',
    unit: 'log ratio',
    formula: 'ln(1 + mean(volume, short)) − ln(1 + mean(volume, long))',
    edges: '0 where nothing was ever traded.',
    parameters: { short: candles, long: candles },
    examples: ['volumeTrend(6,168)'],
    build: (scope, { short, long }) => {
      const volume = scope.candle('volume')
      return eachRow(
        'volumeTrend',
        [rollingMean(volume, short), rollingMean(volume, long)],
        (out, [now, usual], count) => {
          for (let i = 0; i < count; i++) out[i] = ln(1 + now[i]) - ln(1 + usual[i])
        },
      )
    },
  }),
  observedFeature({
    name: 'volumeLevel',
    group: 'volume',
    summary: 'The usual volume of late against that of the long run; single busy candles count little.',
    unit: 'log ratio',
    formula: 'mean(ln(1 + volume), short) − mean(ln(1 + volume), long)',
    edges: `0 where nothing was ever traded. While the history is shorter than long, over what there is, from ${MIN_CANDLES} candles on.`,
    parameters: { short: candles, long: candles },
    examples: ['volumeLevel(24,720)'],
    build: (scope, { short, long }) => {
      const volume = logVolume(scope)
      const minValues = Math.min(MIN_CANDLES, long)
      return minus(rollingMean(volume, short), rollingMean(volume, long, { minValues }))
    },
  }),
]
