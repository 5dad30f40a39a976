import { observedFeature } from '../../feature.ts'
import { eachRow, type RowsOf } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { period } from './period.ts'

const changeInPercent: RowsOf<readonly Float64Array[]> = (out, [now, then], count) => {
  for (let i = 0; i < count; i++) out[i] = (100 * (now[i] - then[i])) / then[i]
}

export const roc = observedFeature({
  name: 'roc',
  group: 'indicator',
  summary: 'Rate of change of the close, also called momentum.',
  unit: 'percent',
  formula: '100·(close[t] / close[t − candles] − 1)',
  source: 'Achelis (2001), Technical Analysis from A to Z',
  parameters: { candles: period },
  examples: ['roc(12)'],
  build: (scope, { candles }) => {
    const close = scope.candle('close')
    return eachRow('roc', [close, lag(close, candles)], changeInPercent)
  },
})
