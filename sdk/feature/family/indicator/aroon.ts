import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { minus } from '../../op/arithmetic.ts'
import { eachRow } from '../../op/each-row.ts'
import { ageOfMax, ageOfMin } from '../../op/extreme-age.ts'
import { period } from './period.ts'

const CHANDE = 'Chande (1995), The Time Price Oscillator, Technical Analysis of Stocks & Commodities 13'

const recency = (age: Series, candles: number): Series =>
  eachRow(`recency ${candles}`, [age], (out, [rows], count) => {
    for (let i = 0; i < count; i++) out[i] = (100 * (candles - rows[i])) / candles
  })
const up = (scope: Scope, candles: number) => recency(ageOfMax(scope.candle('high'), candles + 1), candles)
const down = (scope: Scope, candles: number) => recency(ageOfMin(scope.candle('low'), candles + 1), candles)

const aroonUp = observedFeature({
  name: 'aroonUp',
  group: 'indicator',
  summary: 'How recent the highest high is: 100 now, 0 as many candles ago.',
  unit: '0 … 100',
  formula: '100·(candles − candles since the highest high of the last candles + 1) / candles',
  edges: 'Of equal highs the newest counts: 100 in a market that stands still.',
  source: CHANDE,
  parameters: { candles: period },
  examples: ['aroonUp(25)'],
  build: (scope, { candles }) => up(scope, candles),
})

const aroonDown = observedFeature({
  name: 'aroonDown',
  group: 'indicator',
  summary: 'How recent the lowest low is: 100 now, 0 as many candles ago.',
  unit: '0 … 100',
  formula: '100·(candles − candles since the lowest low of the last candles + 1) / candles',
  edges: 'Of equal lows the newest counts: 100 in a market that stands still.',
  source: CHANDE,
  parameters: { candles: period },
  examples: ['aroonDown(25)'],
  build: (scope, { candles }) => down(scope, candles),
})

const aroonOscillator = observedFeature({
  name: 'aroonOscillator',
  group: 'indicator',
  summary: 'Whether the highest high or the lowest low is the newer one.',
  unit: '−100 … 100',
  formula: 'Aroon up − Aroon down',
  edges: '0 in a market that stands still.',
  source: CHANDE,
  parameters: { candles: period },
  examples: ['aroonOscillator(25)', 'aroonOscillator(100)'],
  build: (scope, { candles }) => minus(up(scope, candles), down(scope, candles)),
})

export const aroon = [aroonUp, aroonDown, aroonOscillator]
