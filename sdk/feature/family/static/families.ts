import { type FeatureFamily, staticFeature } from '../../feature.ts'
import { marketOf } from '../../graph/scope.ts'

export const staticFamilies: readonly FeatureFamily[] = [
  staticFeature({
    name: 'isLeader',
    group: 'static',
    summary: 'Whether the symbol is one that the market follows.',
    unit: 'flag',
    formula: '1 for the first symbol of the feature set’s market, else 0',
    parameters: {},
    examples: ['isLeader'],
    valueOf: context => (context.symbol === marketOf(context)[0] ? 1 : 0),
  }),
]
