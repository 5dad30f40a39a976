import { observedFeature } from '../../feature.ts'
import { exponentialMean, rollingMean } from '../../op/decaying-mean.ts'
import { rollingDeviation } from '../../op/rolling-deviation.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { candles, feature, halfLife } from '../../parameters.ts'
import { window } from './window.ts'

const mean = observedFeature({
  name: 'mean',
  group: 'transform',
  summary: 'What a feature was on average over the last candles.',
  unit: 'as the feature',
  formula: 'mean(x, candles)',
  parameters: { feature, candles },
  examples: ['mean(volumeSurprise(168),24)', 'mean(body,12)'],
  build: (scope, { feature, candles }) => rollingMean(scope.feature(feature), candles),
})

const smoothed = observedFeature({
  name: 'smoothed',
  group: 'transform',
  summary: 'What a feature was on average lately, the newest candles counting most.',
  unit: 'as the feature',
  formula: 'EWMA(x), half-life in candles',
  parameters: { feature, halfLife },
  examples: ['smoothed(body,6)', 'smoothed(volumeSurprise(168),12)'],
  build: (scope, { feature, halfLife }) => exponentialMean(scope.feature(feature), halfLife),
})

const deviation = observedFeature({
  name: 'deviation',
  group: 'transform',
  summary: 'How much a feature has varied over the last candles.',
  unit: 'as the feature',
  formula: '√(Σ(x − mean)² / (candles − 1))',
  edges: '0, exactly, where it did not vary.',
  parameters: { feature, candles: window },
  examples: ['deviation(return(1),24)', 'deviation(parkinson(1,0.05),72)'],
  build: (scope, { feature, candles }) => rollingDeviation(scope.feature(feature), candles),
})

const highest = observedFeature({
  name: 'highest',
  group: 'transform',
  summary: 'The most a feature has been over the last candles.',
  unit: 'as the feature',
  formula: 'max(x, candles)',
  parameters: { feature, candles },
  examples: ['highest(parkinson(1,0.05),24)'],
  build: (scope, { feature, candles }) => rollingMax(scope.feature(feature), candles),
})

const lowest = observedFeature({
  name: 'lowest',
  group: 'transform',
  summary: 'The least a feature has been over the last candles.',
  unit: 'as the feature',
  formula: 'min(x, candles)',
  parameters: { feature, candles },
  examples: ['lowest(return(1),24)'],
  build: (scope, { feature, candles }) => rollingMin(scope.feature(feature), candles),
})

export const rolling = [mean, smoothed, deviation, highest, lowest]
