import { observedFeature } from '../../feature.ts'
import { minus } from '../../op/arithmetic.ts'
import { lag } from '../../op/lag.ts'
import { candles, feature } from '../../parameters.ts'

const lagged = observedFeature({
  name: 'lag',
  group: 'transform',
  summary: 'What a feature was some candles ago.',
  unit: 'as the feature',
  formula: 'x[t − candles]',
  parameters: { feature, candles },
  examples: ['lag(return(1),1)', 'lag(parkinson(1,0.05),24)', 'lag(realisedVolatility(1,0.1),168)'],
  build: (scope, { feature, candles }) => lag(scope.feature(feature), candles),
})

const change = observedFeature({
  name: 'change',
  group: 'transform',
  summary: 'How much a feature has risen over the last candles.',
  unit: 'as the feature',
  formula: 'x[t] − x[t − candles]',
  parameters: { feature, candles },
  examples: ['change(parkinson(6,0.05),6)', 'change(volumeSurprise(168),1)'],
  build: (scope, { feature, candles }) => {
    const x = scope.feature(feature)
    return minus(x, lag(x, candles))
  },
})

export const shifts = [lagged, change]
