import { type FeatureFamily, staticFeature } from '../../feature.ts'

export const staticFamilies: readonly FeatureFamily[] = [
  staticFeature({
    name: 'isLeader',
    group: 'static',
    summary: 'Whether the symbol is one that the market follows.',
    unit: 'flag',
    formula: '1 for the first symbol of the feature set’s market, else 0',
    edges: '0 where the set names no market.',
    parameters: {},
    examples: ['isLeader'],
    valueOf: ({ symbol, set }) => (symbol === set.market?.[0] ? 1 : 0),
  }),
]
