import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { times } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { typicalPrice } from '../../shared/typical-price.ts'
import { period } from './period.ts'

/** Typical price × volume of candles whose typical price rose (+1) or fell (−1), else 0. */
const flow = (scope: Scope, sign: 1 | -1): Series => {
  const price = typicalPrice(scope)
  return eachRow(
    `moneyFlow ${sign}`,
    [price, lag(price, 1), times(price, scope.candle('volume'))],
    (out, [now, before, traded], count) => {
      for (let i = 0; i < count; i++) {
        const change = (now[i] - before[i]) * sign
        // a missing value stays missing
        out[i] = change <= 0 ? 0 : change > 0 ? traded[i] : change
      }
    },
  )
}

const mfi = observedFeature({
  name: 'mfi',
  group: 'indicator',
  summary: 'Money flow index: which share of the traded money went with rising prices.',
  unit: '0 … 100',
  formula: '100·P / (P + N), P and N the sums of p·volume over candles whose p = (high + low + close) / 3 rose or fell',
  edges: '50 where there was no volume or no move.',
  source: 'Quong & Soudack (1989), Volume-Weighted RSI: Money Flow, Technical Analysis of Stocks & Commodities 7',
  parameters: { candles: period },
  examples: ['mfi(14)'],
  build: (scope, { candles }) =>
    eachRow(
      'mfi',
      [rollingMean(flow(scope, 1), candles), rollingMean(flow(scope, -1), candles)],
      (out, [positive, negative], count) => {
        for (let i = 0; i < count; i++) {
          const all = positive[i] + negative[i]
          out[i] = all === 0 ? 50 : (100 * positive[i]) / all
        }
      },
    ),
})

const obvSlope = observedFeature({
  name: 'obvSlope',
  group: 'indicator',
  summary: 'How much on-balance volume has gained over the last candles, relative to all that was traded.',
  unit: 'fraction',
  formula: '(OBV[t] − OBV[t − candles]) / Σ volume, OBV the sum of volume·sign(close[t] − close[t − 1])',
  edges: '0 where there was no volume.',
  source: 'Granville (1963), Granville’s New Key to Stock Market Profits',
  parameters: { candles: period },
  examples: ['obvSlope(24)', 'obvSlope(168)'],
  build: (scope, { candles }) => {
    const [close, volume] = [scope.candle('close'), scope.candle('volume')]
    const signed = eachRow('signedVolume', [close, lag(close, 1), volume], (out, [now, before, traded], count) => {
      for (let i = 0; i < count; i++) out[i] = traded[i] * Math.sign(now[i] - before[i])
    })
    return eachRow(
      'obvSlope',
      [rollingMean(signed, candles), rollingMean(volume, candles)],
      (out, [gained, traded], count) => {
        for (let i = 0; i < count; i++) out[i] = traded[i] === 0 ? 0 : gained[i] / traded[i]
      },
    )
  },
})

export const moneyFlow = [mfi, obvSlope]
