import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { minus, over } from '../../op/arithmetic.ts'
import { movingAverage } from '../../op/recursive-mean.ts'
import { period } from './period.ts'

const APPEL = 'Appel (2005), Technical Analysis: Power Tools for Active Investors'
const EMA = 'EMA with weight 2/(candles + 1), from a simple mean'
const EDGES = '0 in a market that stands still; negative throughout a rise where fast is the longer one.'

/** As published: in units of the price. */
const line = (scope: Scope, fast: number, slow: number): Series =>
  minus(movingAverage(scope.candle('close'), fast), movingAverage(scope.candle('close'), slow))

const macdLine = observedFeature({
  name: 'macdLine',
  group: 'indicator',
  summary: 'Moving average convergence/divergence relative to the price: how far the fast average leads the slow one.',
  unit: 'fraction of the price',
  formula: `(EMA(close, fast) − EMA(close, slow)) / close, ${EMA}`,
  edges: EDGES,
  source: APPEL,
  parameters: { fast: period, slow: period },
  examples: ['macdLine(12,26)'],
  build: (scope, { fast, slow }) => over(line(scope, fast, slow), scope.candle('close')),
})

const macdSignal = observedFeature({
  name: 'macdSignal',
  group: 'indicator',
  summary: 'The average that MACD is compared with, relative to the price.',
  unit: 'fraction of the price',
  formula: `EMA(EMA(close, fast) − EMA(close, slow), signal) / close, ${EMA}`,
  edges: EDGES,
  source: APPEL,
  parameters: { fast: period, slow: period, signal: period },
  examples: ['macdSignal(12,26,9)'],
  build: (scope, { fast, slow, signal }) => over(movingAverage(line(scope, fast, slow), signal), scope.candle('close')),
})

const macdHistogram = observedFeature({
  name: 'macdHistogram',
  group: 'indicator',
  summary: 'MACD above its signal, relative to the price: the trend gains or loses strength.',
  unit: 'fraction of the price',
  formula: `(MACD − EMA(MACD, signal)) / close, MACD = EMA(close, fast) − EMA(close, slow), ${EMA}`,
  edges: '0 in a market that stands still.',
  source: APPEL,
  parameters: { fast: period, slow: period, signal: period },
  examples: ['macdHistogram(12,26,9)'],
  build: (scope, { fast, slow, signal }) => {
    const macd = line(scope, fast, slow)
    return over(minus(macd, movingAverage(macd, signal)), scope.candle('close'))
  },
})

export const macd = [macdLine, macdSignal, macdHistogram]
