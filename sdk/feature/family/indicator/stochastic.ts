import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow, type RowsOf } from '../../op/each-row.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { period } from './period.ts'

const LANE = 'Lane (1984), Lane’s Stochastics, Technical Analysis of Stocks & Commodities 2'

const position: RowsOf<readonly Float64Array[]> = (out, [close, bottom, top], count) => {
  for (let i = 0; i < count; i++) {
    const range = top[i] - bottom[i]
    out[i] = range === 0 ? 50 : (100 * (close[i] - bottom[i])) / range
  }
}

const fastK = (scope: Scope, candles: number): Series =>
  eachRow(
    'fastK',
    [scope.candle('close'), rollingMin(scope.candle('low'), candles), rollingMax(scope.candle('high'), candles)],
    position,
  )

const smoothedK = (scope: Scope, candles: number, smoothing: number): Series =>
  smoothing === 1 ? fastK(scope, candles) : rollingMean(fastK(scope, candles), smoothing)

const stochasticK = observedFeature({
  name: 'stochasticK',
  group: 'indicator',
  summary: '%K: where the close stands in the range of the last candles, smoothed (1: the fast one, 3: the slow one).',
  unit: '0 … 100',
  formula: 'mean(100·(close − min(low, candles)) / (max(high, candles) − min(low, candles)), smoothing)',
  edges: '50 where the market stood still all the time.',
  source: LANE,
  parameters: { candles: period, smoothing: period },
  examples: ['stochasticK(14,1)', 'stochasticK(14,3)'],
  build: (scope, { candles, smoothing }) => smoothedK(scope, candles, smoothing),
})

const stochasticD = observedFeature({
  name: 'stochasticD',
  group: 'indicator',
  summary: '%D: the average that %K is compared with.',
  unit: '0 … 100',
  formula: 'mean(%K(candles, smoothing), signal)',
  edges: '50 where the market stood still all the time.',
  source: LANE,
  parameters: { candles: period, smoothing: period, signal: period },
  examples: ['stochasticD(14,3,3)'],
  build: (scope, { candles, smoothing, signal }) => rollingMean(smoothedK(scope, candles, smoothing), signal),
})

const belowTop: RowsOf<readonly Float64Array[]> = (out, [k], count) => {
  for (let i = 0; i < count; i++) out[i] = k[i] - 100
}

const williamsR = observedFeature({
  name: 'williamsR',
  group: 'indicator',
  summary: 'Williams %R: how far the close is below the high of the last candles, in their range.',
  unit: '−100 … 0',
  formula: '−100·(max(high, candles) − close) / (max(high, candles) − min(low, candles))',
  edges: '−50 where the market stood still all the time.',
  source: 'Williams (1973), How I Made One Million Dollars Last Year Trading Commodities',
  parameters: { candles: period },
  examples: ['williamsR(14)'],
  build: (scope, { candles }) => eachRow('williamsR', [fastK(scope, candles)], belowTop),
})

export const stochastic = [stochasticK, stochasticD, williamsR]
