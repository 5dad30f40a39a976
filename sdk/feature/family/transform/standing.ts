import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { overWindow } from '../../op/over-window.ts'
import { rollingDeviation } from '../../op/rolling-deviation.ts'
import { feature } from '../../parameters.ts'
import { window } from './window.ts'

const zScore = observedFeature({
  name: 'zScore',
  group: 'transform',
  summary: 'How unusual a feature is, in deviations from its mean over the last candles, this one among them.',
  unit: 'deviations',
  formula: '(x − mean(x, candles)) / deviation(x, candles)',
  edges: '0 where the feature did not vary; never beyond ±(candles − 1)/√candles.',
  parameters: { feature, candles: window },
  examples: ['zScore(volumeSurprise(168),168)', 'zScore(parkinson(1,0.05),72)'],
  build: (scope, { feature, candles }) => {
    const x = scope.feature(feature)
    return eachRow(
      'zScore',
      [x, rollingMean(x, candles), rollingDeviation(x, candles)],
      (out, [now, mean, deviation], count) => {
        for (let i = 0; i < count; i++) out[i] = deviation[i] === 0 ? 0 : (now[i] - mean[i]) / deviation[i]
      },
    )
  },
})

const rank = observedFeature({
  name: 'rank',
  group: 'transform',
  summary:
    'Which share of the last candles a feature stands above: its quantile among them, whatever their distribution.',
  unit: 'fraction',
  formula: '(#{x[i] < x[t]} + #{x[i] = x[t]}/2) / candles over the last candles, this one among them',
  edges: '0.5 where the feature did not vary.',
  parameters: { feature, candles: window },
  examples: ['rank(parkinson(6,0.05),168)', 'rank(return(24),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('rank', scope.feature(feature), candles, (x, from, n) => {
      const newest = x[from + n - 1]
      let halves = 0
      for (let i = from; i < from + n; i++) halves += x[i] < newest ? 2 : x[i] === newest ? 1 : 0
      return halves / (2 * n)
    }),
})

export const standing = [zScore, rank]
