import { observedFeature } from '../../feature.ts'
import { minus, times } from '../../op/arithmetic.ts'
import { eachRow } from '../../op/each-row.ts'
import { feature } from '../../parameters.ts'

/** A ratio beyond this says that its denominator is next to nothing, not how large it is. */
const LARGEST_RATIO = 100

const difference = observedFeature({
  name: 'difference',
  group: 'transform',
  summary: 'How far one feature stands above another, such as a short volatility above a long one.',
  unit: 'as the features',
  formula: 'x − y',
  parameters: { x: feature, y: feature },
  examples: ['difference(parkinson(1,0.05),parkinson(24,0))', 'difference(return(1),return(24))'],
  build: (scope, { x, y }) => minus(scope.feature(x), scope.feature(y)),
})

const product = observedFeature({
  name: 'product',
  group: 'transform',
  summary: 'Two features at once: large where both are, with the sign of their agreement.',
  unit: 'product of the features’',
  formula: 'x·y',
  parameters: { x: feature, y: feature },
  examples: ['product(return(1),volumeSurprise(168))'],
  build: (scope, { x, y }) => times(scope.feature(x), scope.feature(y)),
})

const ratio = observedFeature({
  name: 'ratio',
  group: 'transform',
  summary: 'One feature in units of another.',
  unit: 'ratio',
  formula: `clip(x / y, ±${LARGEST_RATIO})`,
  edges: `Where y is 0: ±${LARGEST_RATIO} with the sign of x, 0 where x is 0 too.`,
  parameters: { x: feature, y: feature },
  examples: ['ratio(return(24),deviation(return(1),168))'],
  build: (scope, { x, y }) =>
    eachRow('boundedRatio', [scope.feature(x), scope.feature(y)], (out, [a, b], count) => {
      for (let i = 0; i < count; i++) {
        // 0 / 0 alone is not a number where neither is missing
        const quotient = a[i] === 0 && b[i] === 0 ? 0 : b[i] === 0 ? a[i] * Number.POSITIVE_INFINITY : a[i] / b[i]
        out[i] = Math.min(LARGEST_RATIO, Math.max(-LARGEST_RATIO, quotient))
      }
    }),
})

export const pairs = [difference, product, ratio]
