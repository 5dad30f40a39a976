import { observedFeature } from '../../feature.ts'
import { absolute, clipped } from '../../op/arithmetic.ts'
import { eachRow } from '../../op/each-row.ts'
import { feature, number } from '../../parameters.ts'

const bound = number({ min: -1e6, max: 1e6 })

const sign = observedFeature({
  name: 'sign',
  group: 'transform',
  summary: 'The direction of a feature, whatever its size.',
  unit: 'flag',
  formula: '+1 where x > 0, −1 where x < 0, else 0',
  parameters: { feature },
  examples: ['sign(return(24))'],
  build: (scope, { feature }) =>
    eachRow('sign', [scope.feature(feature)], (out, [x], count) => {
      for (let i = 0; i < count; i++) out[i] = x[i] > 0 ? 1 : x[i] < 0 ? -1 : x[i] === 0 ? 0 : Number.NaN
    }),
})

const abs = observedFeature({
  name: 'abs',
  group: 'transform',
  summary: 'The size of a feature, whatever its direction.',
  unit: 'as the feature',
  formula: '|x|',
  parameters: { feature },
  examples: ['abs(return(1))', 'abs(return(24))'],
  build: (scope, { feature }) => absolute(scope.feature(feature)),
})

const clip = observedFeature({
  name: 'clip',
  group: 'transform',
  summary: 'A feature within bounds, such as its part above 0.',
  unit: 'as the feature',
  formula: 'min(max(x, low), high)',
  edges: 'Bounds the wrong way round give high below it and low from it on.',
  parameters: { feature, low: bound, high: bound },
  examples: ['clip(return(1),0,8)', 'clip(return(1),-8,0)'],
  build: (scope, { feature, low, high }) => clipped(scope.feature(feature), low, high),
})

export const pointwise = [sign, abs, clip]
