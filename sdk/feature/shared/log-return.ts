import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { absolute, squared } from '../op/arithmetic.ts'

/** `r[t] = ln(close[t] / close[t−1])`, from the candle before, however long ago that was; 0 for the first candle. */
export function logReturn(scope: Scope): Series {
  return scope.graph.add({
    key: 'logReturn',
    inputs: [scope.candle('close')],
    lookbackRows: 1,
    firstValueRows: 0,
    start: () => {
      let previous = Number.NaN
      return (out, [close], { count }) => {
        for (let i = 0; i < count; i++) {
          out[i] = Number.isNaN(previous) ? 0 : ln(close[i] / previous)
          previous = close[i]
        }
      }
    },
  })
}

/** `r²` */
export const squaredReturn = (scope: Scope): Series => squared(logReturn(scope))

/** `|r|` */
export const absoluteReturn = (scope: Scope): Series => absolute(logReturn(scope))
