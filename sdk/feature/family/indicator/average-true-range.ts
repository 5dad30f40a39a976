import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { over, scaled, squared } from '../../op/arithmetic.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { wilderMean } from '../../op/recursive-mean.ts'
import { share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { period, WILDER } from './period.ts'

/** The candle's range together with the gap from the close before; the first candle's is its range alone. */
function trueRange(scope: Scope): Series {
  return scope.graph.add({
    key: 'trueRange',
    inputs: [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    lookbackRows: 1,
    firstValueRows: 0,
    start: () => {
      let previous = Number.NaN
      return (out, [high, low, close], { count }) => {
        for (let i = 0; i < count; i++) {
          const range = high[i] - low[i]
          out[i] = Number.isNaN(previous) ? range : Math.max(high[i], previous) - Math.min(low[i], previous)
          previous = close[i]
        }
      }
    },
  })
}

/** As published: in units of the price. */
export const averageTrueRange = (scope: Scope, candles: number): Series => wilderMean(trueRange(scope), candles)

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
  build: (scope, { candles }) => scaled(over(averageTrueRange(scope, candles), scope.candle('close')), 100),
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
