import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { averageWeight, recursiveLookback } from '../../op/recursive-mean.ts'
import { period } from './period.ts'

const APPEL = 'Appel (2005), Technical Analysis: Power Tools for Active Investors'
const EMA = 'EMA with weight 2/(candles + 1), from a simple mean'
const EDGES = '0 in a market that stands still; negative throughout a rise where fast is the longer one.'

interface Lengths {
  readonly fast: number
  readonly slow: number
  readonly signal: number
}

const LINE = { ofLine: 1, ofSignal: 0 }
const SIGNAL = { ofLine: 0, ofSignal: 1 }
const HISTOGRAM = { ofLine: 1, ofSignal: -1 }

/**
 * `(ofLine·line + ofSignal·EMA(line)) / close`, line and signal as published, in units of the price. The three means run in
 * one loop: they wait for their own last values, not for each other's.
 */
const macdOf = (scope: Scope, lengths: Lengths, parts: typeof LINE): Series => {
  const { fast, slow, signal } = lengths
  const lookbackOf = (candles: number): number => recursiveLookback(candles, averageWeight(candles))
  return scope.graph.add({
    key: `macd ${fast} ${slow} ${signal} ${parts.ofLine} ${parts.ofSignal}`,
    inputs: [scope.candle('close')],
    lookbackRows: Math.max(lookbackOf(fast), lookbackOf(slow)) + lookbackOf(signal),
    firstValueRows: Math.max(fast, slow) - 1 + signal - 1,
    exactMemory: false,
    start: () => {
      const state = new Float64Array(4)
      return (out, [close], { count }) => follow(out, close, count, state, lengths, parts)
    },
  })
}

/** `state` is the three means and how many candles there were, as far as that matters. */
function follow(
  out: Float64Array,
  close: Float64Array,
  count: number,
  state: Float64Array,
  { fast, slow, signal }: Lengths,
  { ofLine, ofSignal }: typeof LINE,
): void {
  const longest = Math.max(fast, slow)
  const needed = longest + signal - 1
  const fastWeight = averageWeight(fast)
  const slowWeight = averageWeight(slow)
  const signalWeight = averageWeight(signal)
  let fastMean = state[0]
  let slowMean = state[1]
  let lineMean = state[2]
  let seen = state[3]
  let i = 0
  for (; i < count && seen < needed; i++) {
    const lines = ++seen - longest + 1
    fastMean += (close[i] - fastMean) * (seen <= fast ? 1 / seen : fastWeight)
    slowMean += (close[i] - slowMean) * (seen <= slow ? 1 / seen : slowWeight)
    if (lines > 0) lineMean += (fastMean - slowMean - lineMean) / lines
    out[i] = lines < signal ? Number.NaN : (ofLine * (fastMean - slowMean) + ofSignal * lineMean) / close[i]
  }
  for (; i < count; i++) {
    const price = close[i]
    fastMean += fastWeight * (price - fastMean)
    slowMean += slowWeight * (price - slowMean)
    const line = fastMean - slowMean
    lineMean += signalWeight * (line - lineMean)
    out[i] = (ofLine * line + ofSignal * lineMean) / price
  }
  state[0] = fastMean
  state[1] = slowMean
  state[2] = lineMean
  state[3] = seen
}

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
  build: (scope, { fast, slow }) => macdOf(scope, { fast, slow, signal: 1 }, LINE),
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
  build: (scope, lengths) => macdOf(scope, lengths, SIGNAL),
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
  build: (scope, lengths) => macdOf(scope, lengths, HISTOGRAM),
})

export const macd = [macdLine, macdSignal, macdHistogram]
