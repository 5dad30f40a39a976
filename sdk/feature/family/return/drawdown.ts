import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { candles } from '../../parameters.ts'
import { volatility } from '../../shared/volatility.ts'

/** So much of a history is enough for a first value. */
const MIN_CANDLES = 100

const EDGES = `While the history is shorter than candles, over what there is, from ${MIN_CANDLES} candles on.`

/** `ln(close / extreme) / (e·⌊√candles⌋)`; the whole part of the root is the measured recipe's. */
const distanceFrom = (extreme: Series, scope: Scope, candles: number): Series => {
  const root = Math.floor(Math.sqrt(candles))
  return eachRow(
    `distanceFrom ${root}`,
    [scope.candle('close'), extreme, volatility(scope)],
    (out, [close, from, e], count) => {
      for (let i = 0; i < count; i++) out[i] = ln(close[i] / from[i]) / (e[i] * root)
    },
  )
}

const fromStart = (candles: number) => ({ minValues: Math.min(MIN_CANDLES, candles) })

export const drawdown = [
  observedFeature({
    name: 'drawdown',
    group: 'return',
    summary: 'How far below its high the market stands.',
    unit: 'ex-ante σ',
    formula: 'ln(close / max(high, candles)) / (e·⌊√candles⌋)',
    edges: EDGES,
    parameters: { candles },
    examples: ['drawdown(720)'],
    build: (scope, { candles }) =>
      distanceFrom(rollingMax(scope.candle('high'), candles, fromStart(candles)), scope, candles),
  }),
  observedFeature({
    name: 'drawup',
    group: 'return',
    summary: 'How far above its low the market stands.',
    unit: 'ex-ante σ',
    formula: 'ln(close / min(low, candles)) / (e·⌊√candles⌋)',
    edges: EDGES,
    parameters: { candles },
    examples: ['drawup(720)'],
    build: (scope, { candles }) =>
      distanceFrom(rollingMin(scope.candle('low'), candles, fromStart(candles)), scope, candles),
  }),
]
