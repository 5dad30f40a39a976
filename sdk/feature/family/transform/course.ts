import { observedFeature } from '../../feature.ts'
import { meanOf, overWindow } from '../../op/over-window.ts'
import { feature, integer } from '../../parameters.ts'
import { TSFRESH } from './source.ts'
import { window } from './window.ts'

/** Candles on either side that a peak surpasses. */
const support = integer({ min: 1, max: 100 })

const shareAboveMean = observedFeature({
  name: 'shareAboveMean',
  group: 'transform',
  summary: 'For which share of the last candles a feature was above its mean: low where few large values made it.',
  unit: 'fraction',
  formula: '#{x[i] > mean(x, candles)} / candles',
  edges: '0 where it did not vary.',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['shareAboveMean(parkinson(1,0.05),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('shareAboveMean', scope.feature(feature), candles, (x, from, n) => {
      const mean = meanOf(x, from, n)
      let above = 0
      for (let i = from; i < from + n; i++) if (x[i] > mean) above++
      return above / n
    }),
})

const longestAboveMean = observedFeature({
  name: 'longestAboveMean',
  group: 'transform',
  summary: 'For how many candles on end, at most, a feature stayed above its mean of the last candles.',
  unit: 'candles',
  formula: 'longest run of x[i] > mean(x, candles)',
  edges: '0 where it did not vary.',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['longestAboveMean(parkinson(1,0.05),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('longestAboveMean', scope.feature(feature), candles, (x, from, n) => {
      const mean = meanOf(x, from, n)
      let run = 0
      let longest = 0
      for (let i = from; i < from + n; i++) {
        run = x[i] > mean ? run + 1 : 0
        if (run > longest) longest = run
      }
      return longest
    }),
})

const meanCrossings = observedFeature({
  name: 'meanCrossings',
  group: 'transform',
  summary: 'How often a feature went through its mean of the last candles: rarely in a trend, often where it reverts.',
  unit: 'crossings',
  formula: '#{(x[i] > m) ≠ (x[i − 1] > m)}, m = mean(x, candles)',
  edges: '0 where it did not vary.',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['meanCrossings(rangePosition(168),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('meanCrossings', scope.feature(feature), candles, (x, from, n) => {
      const mean = meanOf(x, from, n)
      let crossings = 0
      for (let i = from + 1; i < from + n; i++) if (x[i] > mean !== x[i - 1] > mean) crossings++
      return crossings
    }),
})

const peaks = observedFeature({
  name: 'peaks',
  group: 'transform',
  summary:
    'How often over the last candles a feature was larger than in all of the neighbouring candles on either side.',
  unit: 'peaks',
  formula: '#{x[i] > x[i ± 1 … support]}, neighbours within the last candles',
  edges: '0 where it did not vary.',
  source: TSFRESH,
  parameters: { feature, support, candles: window },
  examples: ['peaks(volumeSurprise(168),3,72)'],
  build: (scope, { feature, support, candles }) =>
    overWindow(`peaks ${support}`, scope.feature(feature), candles, (x, from, n) => {
      let count = 0
      for (let i = from + support; i < from + n - support; i++) {
        let isPeak = true
        for (let k = 1; k <= support && isPeak; k++) isPeak = x[i] > x[i - k] && x[i] > x[i + k]
        if (isPeak) count++
      }
      return count
    }),
})

export const course = [shareAboveMean, longestAboveMean, meanCrossings, peaks]
