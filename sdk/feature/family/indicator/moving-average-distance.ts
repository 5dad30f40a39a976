import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { movingAverage } from '../../op/recursive-mean.ts'
import { volatility } from '../../shared/volatility.ts'
import { period } from './period.ts'

/** `ln(close / level) / (e·√candles)` */
const distance = (scope: Scope, level: Series, candles: number): Series =>
  eachRow(`distance ${candles}`, [scope.candle('close'), level, volatility(scope)], (out, [close, at, e], count) => {
    const root = Math.sqrt(candles)
    for (let i = 0; i < count; i++) out[i] = ln(close[i] / at[i]) / (e[i] * root)
  })

const smaDistance = observedFeature({
  name: 'smaDistance',
  group: 'indicator',
  summary: 'How far the close is above its simple moving average, in units of what was to be expected.',
  unit: 'ex-ante σ',
  formula: 'ln(close / mean(close, candles)) / (e·√candles)',
  edges: '0 in a market that stands still.',
  source: 'Brock, Lakonishok & LeBaron (1992), Simple Technical Trading Rules, J. Finance 47',
  parameters: { candles: period },
  examples: ['smaDistance(20)', 'smaDistance(50)', 'smaDistance(200)'],
  build: (scope, { candles }) => distance(scope, rollingMean(scope.candle('close'), candles), candles),
})

const emaDistance = observedFeature({
  name: 'emaDistance',
  group: 'indicator',
  summary: 'How far the close is above its exponential moving average, in units of what was to be expected.',
  unit: 'ex-ante σ',
  formula: 'ln(close / EMA(close, candles)) / (e·√candles), EMA with weight 2/(candles + 1), from a simple mean',
  edges: '0 in a market that stands still.',
  source: 'Appel (2005), Technical Analysis: Power Tools for Active Investors',
  parameters: { candles: period },
  examples: ['emaDistance(12)', 'emaDistance(26)', 'emaDistance(100)'],
  build: (scope, { candles }) => distance(scope, movingAverage(scope.candle('close'), candles), candles),
})

export const movingAverageDistance = [smaDistance, emaDistance]
