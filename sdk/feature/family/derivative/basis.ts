import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { minus } from '../../op/arithmetic.ts'
import { asOf } from '../../op/axes.ts'
import { candles, symbol } from '../../parameters.ts'
import { BASIS_CLIP, BASIS_HELD_CANDLES, meanBasis } from './perpetual.ts'

const LEVEL = `clip(mean(ln(perpetual close / spot close), candles)·10,000, ±${BASIS_CLIP})`

const facts = {
  group: 'derivative',
  unit: 'bps',
  edges: `Where one of the markets has no candle, the basis before holds, for ${BASIS_HELD_CANDLES} candles at most.`,
} as const

const basisChange = (scope: Scope, candles: number): Series => minus(meanBasis(scope, 1), meanBasis(scope, candles))

export const basisFamilies = [
  observedFeature({
    ...facts,
    name: 'basis',
    summary: 'How much dearer the perpetual is than the spot market, on average over the last candles.',
    formula: LEVEL,
    parameters: { candles },
    examples: ['basis(1)', 'basis(24)'],
    build: (scope, { candles }) => meanBasis(scope, candles),
  }),
  observedFeature({
    ...facts,
    name: 'basisChange',
    summary: 'The basis of this candle against its mean over the last ones.',
    formula: 'basis(1) − basis(candles)',
    parameters: { candles },
    examples: ['basisChange(24)'],
    build: (scope, { candles }) => basisChange(scope, candles),
  }),
  observedFeature({
    ...facts,
    name: 'leadBasis',
    summary: 'Basis of another symbol, such as one that the market follows.',
    formula: LEVEL,
    parameters: { symbol, candles },
    examples: ['leadBasis(BTC/USDT,1)', 'leadBasis(BTC/USDT,24)', 'leadBasis(ETH/USDT,1)', 'leadBasis(ETH/USDT,24)'],
    build: (scope, { symbol, candles }) => asOf(meanBasis(scope.of(symbol), candles), scope.axis),
  }),
  observedFeature({
    ...facts,
    name: 'leadBasisChange',
    summary: 'Another symbol’s basis of this candle against its mean over the last ones.',
    formula: 'leadBasis(symbol, 1) − leadBasis(symbol, candles)',
    parameters: { symbol, candles },
    examples: ['leadBasisChange(BTC/USDT,24)', 'leadBasisChange(ETH/USDT,24)'],
    build: (scope, { symbol, candles }) => asOf(basisChange(scope.of(symbol), candles), scope.axis),
  }),
]
