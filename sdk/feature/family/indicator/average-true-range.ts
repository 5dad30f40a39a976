import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { over, squared } from '../../op/arithmetic.ts'
import { eachRow, type RowsOf } from '../../op/each-row.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { recursiveLookback } from '../../op/recursive-mean.ts'
import { share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { period, WILDER } from './period.ts'

/**
 * Wilder's mean of the true range, in units of the price as published: the candle's range together with the gap from the
 * close before; the first candle's is its range alone.
 */
export function averageTrueRange(scope: Scope, candles: number): Series {
  return scope.graph.add({
    key: `averageTrueRange ${candles}`,
    inputs: [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    lookbackRows: 1 + recursiveLookback(candles, 1 / candles),
    firstValueRows: candles - 1,
    exactMemory: candles === 1,
    start: () => {
      const state = new Float64Array(3)
      return (out, [high, low, close], { count }) => follow(out, high, low, close, count, state, candles)
    },
  })
}

/** `state` is the mean, how many candles there were, up to `candles`, and the close before. */
function follow(
  out: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  count: number,
  state: Float64Array,
  candles: number,
): void {
  const weight = 1 / candles
  let mean = state[0]
  let seen = state[1]
  let before = seen === 0 ? low[0] : state[2]
  let i = 0
  for (; i < count && seen < candles; i++) {
    mean += (Math.max(high[i], before) - Math.min(low[i], before) - mean) / ++seen
    before = close[i]
    out[i] = seen < candles ? Number.NaN : mean
  }
  for (; i < count; i++) {
    mean += weight * (Math.max(high[i], before) - Math.min(low[i], before) - mean)
    before = close[i]
    out[i] = mean
  }
  state[0] = mean
  state[1] = seen
  state[2] = before
}

const percentOf: RowsOf<readonly Float64Array[]> = (out, [part, whole], count) => {
  for (let i = 0; i < count; i++) out[i] = (100 * part[i]) / whole[i]
}

const natr = observedFeature({
  name: 'natr',
  group: 'indicator',
  summary: 'Normalised average true range: the usual range of a candle, in percent of the price.',
  unit: 'percent of the price',
  formula: '100·ATR / close, ATR Wilder’s mean of max(high, previous close) − min(low, previous close)',
  edges: '0 in a market that stands still. A level, not a ratio: models that see other times had better take atrRatio.',
  source: WILDER,
  parameters: { candles: period },
  examples: ['natr(14)'],
  build: (scope, { candles }) =>
    eachRow('percentOf', [averageTrueRange(scope, candles), scope.candle('close')], percentOf),
})

const atrRatio = observedFeature({
  name: 'atrRatio',
  group: 'indicator',
  summary: 'The average true range against the ex-ante volatility.',
  unit: 'log ratio',
  formula: 'ln(ATR / close + share·e) − ln e, ATR over so many candles',
  edges: STILL_MARKET,
  source: WILDER,
  parameters: { candles: period, share },
  examples: ['atrRatio(14,0.05)'],
  build: (scope, { candles, share }) => {
    const relative = over(averageTrueRange(scope, candles), scope.candle('close'))
    return againstVolatility(scope, squared(relative), share)
  },
})

export const averageTrueRangeFamilies = [natr, atrRatio]
