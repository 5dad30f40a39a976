import { observedFeature } from '../../feature.ts'
import { minus } from '../../op/arithmetic.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { wilderMean } from '../../op/recursive-mean.ts'
import { period, STILL, WILDER } from './period.ts'

export const rsi = observedFeature({
  name: 'rsi',
  group: 'indicator',
  summary: 'Relative strength index: which share of the recent moves went up.',
  unit: '0 … 100',
  formula: '100·u / (u + d), u and d Wilder’s means of the rises and falls of the close over so many candles',
  edges: '100 without a fall, 0 without a rise, 50 where nothing moves.',
  source: WILDER,
  parameters: { candles: period },
  examples: ['rsi(14)', 'rsi(42)'],
  build: (scope, { candles }) => {
    const close = scope.candle('close')
    const change = minus(close, lag(close, 1))
    const rise = eachRow('rise', [change], (out, [x], count) => {
      for (let i = 0; i < count; i++) out[i] = Math.max(x[i], 0)
    })
    const fall = eachRow('fall', [change], (out, [x], count) => {
      for (let i = 0; i < count; i++) out[i] = Math.max(-x[i], 0)
    })
    return eachRow(
      'rsi',
      [wilderMean(rise, candles), wilderMean(fall, candles), close],
      (out, [up, down, price], count) => {
        for (let i = 0; i < count; i++) {
          const moves = up[i] + down[i]
          out[i] = moves <= STILL * price[i] ? 50 : (100 * up[i]) / moves
        }
      },
    )
  },
})
