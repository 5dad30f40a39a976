import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { eachRow } from '../op/each-row.ts'

/** `(high + low + close) / 3` */
export const typicalPrice = (scope: Scope): Series =>
  eachRow(
    'typicalPrice',
    [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    (out, [high, low, close], count) => {
      for (let i = 0; i < count; i++) out[i] = (high[i] + low[i] + close[i]) / 3
    },
  )
