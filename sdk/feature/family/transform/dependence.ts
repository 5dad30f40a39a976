import { observedFeature } from '../../feature.ts'
import { meanOf, overWindow, squaresAround } from '../../op/over-window.ts'
import { feature } from '../../parameters.ts'
import { TSFRESH } from './source.ts'
import { lagCandles, window } from './window.ts'

const TOO_SHORT = 'No value where the last candles hold no two values so far apart.'

const trend = observedFeature({
  name: 'trend',
  group: 'transform',
  summary: 'How fast a feature has been rising over the last candles: the slope of the straight line through them.',
  unit: 'the feature’s per candle',
  formula: 'Σ(i − ī)(x[i] − mean) / Σ(i − ī)²',
  edges: '0 where it did not vary.',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['trend(parkinson(1,0.05),24)', 'trend(volumeSurprise(168),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('trend', scope.feature(feature), candles, (x, from, n) => {
      const middle = (n - 1) / 2
      let sum = 0
      for (let i = 0; i < n; i++) sum += (i - middle) * (x[from + i] - x[from])
      return sum / ((n * (n * n - 1)) / 12)
    }),
})

const autocorrelation = observedFeature({
  name: 'autocorrelation',
  group: 'transform',
  summary: 'Whether a feature’s values over the last candles went on (> 0) or turned (< 0) after so many candles.',
  unit: 'correlation',
  formula: 'Σ(x[i] − m)(x[i − lag] − m) / ((candles − lag)·s²), m mean and s² variance of the last candles',
  edges: `0 where it did not vary. ${TOO_SHORT}`,
  source: TSFRESH,
  parameters: { feature, lag: lagCandles, candles: window },
  examples: ['autocorrelation(return(1),1,72)', 'autocorrelation(parkinson(1,0.05),24,168)'],
  build: (scope, { feature, lag, candles }) =>
    overWindow(`autocorrelation ${lag}`, scope.feature(feature), candles, (x, from, n) => {
      if (lag >= n) return Number.NaN
      const mean = meanOf(x, from, n)
      const squares = squaresAround(mean, x, from, n)
      let sum = 0
      for (let i = from + lag; i < from + n; i++) sum += (x[i] - mean) * (x[i - lag] - mean)
      return squares === 0 ? 0 : ((sum / squares) * n) / (n - lag)
    }),
})

const timeReversalAsymmetry = observedFeature({
  name: 'timeReversalAsymmetry',
  group: 'transform',
  summary:
    'Whether a feature rises faster than it falls (or the reverse): 0 where its course backwards looks the same.',
  unit: 'cube of the feature’s',
  formula: 'mean(x[i + 2·lag]²·x[i + lag] − x[i + lag]·x[i]²)',
  edges: `0 where it did not vary. ${TOO_SHORT}`,
  source: 'Fulcher & Jones (2014), Highly comparative feature-based time-series classification, IEEE TKDE 26',
  parameters: { feature, lag: lagCandles, candles: window },
  examples: ['timeReversalAsymmetry(return(1),1,72)'],
  build: (scope, { feature, lag, candles }) =>
    overWindow(`timeReversalAsymmetry ${lag}`, scope.feature(feature), candles, (x, from, n) => {
      if (2 * lag >= n) return Number.NaN
      let sum = 0
      for (let i = from; i < from + n - 2 * lag; i++) {
        sum += x[i + 2 * lag] * x[i + 2 * lag] * x[i + lag] - x[i + lag] * x[i] * x[i]
      }
      return sum / (n - 2 * lag)
    }),
})

const c3 = observedFeature({
  name: 'c3',
  group: 'transform',
  summary: 'How three values of a feature, equally far apart, go together: a measure of its non-linearity.',
  unit: 'cube of the feature’s',
  formula: 'mean(x[i + 2·lag]·x[i + lag]·x[i])',
  edges: TOO_SHORT,
  source:
    'Schreiber & Schmitz (1997), Discrimination power of measures for nonlinearity in a time series, Phys. Rev. E 55',
  parameters: { feature, lag: lagCandles, candles: window },
  examples: ['c3(return(1),1,72)'],
  build: (scope, { feature, lag, candles }) =>
    overWindow(`c3 ${lag}`, scope.feature(feature), candles, (x, from, n) => {
      if (2 * lag >= n) return Number.NaN
      let sum = 0
      for (let i = from; i < from + n - 2 * lag; i++) sum += x[i + 2 * lag] * x[i + lag] * x[i]
      return sum / (n - 2 * lag)
    }),
})

export const dependence = [trend, autocorrelation, timeReversalAsymmetry, c3]
