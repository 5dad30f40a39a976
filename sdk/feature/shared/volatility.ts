import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { logOf } from '../op/arithmetic.ts'
import { exponentialMean } from '../op/decaying-mean.ts'
import { squaredReturn } from './log-return.ts'

/** Half-life of the ex-ante volatility, in candles. */
export const VOLATILITY_HALF_LIFE = 24

/** Candles before the ex-ante volatility is taken as a unit: seven half-lives. */
export const SETTLING_CANDLES = 168

/** Keeps the volatility of a market that stands still above 0. */
const VOLATILITY_FLOOR = 1e-5

/** The first candle has no return. */
export const withoutFirst = (x: Series): Series =>
  x.graph.add({
    key: 'withoutFirst',
    inputs: [x],
    lookbackRows: 1,
    start: () => {
      let isFirst = true
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) out[i] = values[i]
        if (isFirst && count > 0) {
          out[0] = Number.NaN
          isFirst = false
        }
      }
    },
  })

/**
 * Ex-ante volatility per candle, the unit that targets and most features are scaled by:
 * `e[t] = √EWMA₂₄(r²) + 1e-5`, half-life 24 candles.
 * @see J.P. Morgan/Reuters (1996), RiskMetrics Technical Document
 */
export function volatility(scope: Scope): Series {
  const variance = exponentialMean(withoutFirst(squaredReturn(scope)), VOLATILITY_HALF_LIFE)
  return variance.graph.add({
    key: 'volatility',
    inputs: [variance],
    settlingRows: SETTLING_CANDLES,
    start:
      () =>
      (out, [values], { count }) => {
        for (let i = 0; i < count; i++) out[i] = Math.sqrt(values[i]) + VOLATILITY_FLOOR
      },
  })
}

/** `ln e` */
export const logVolatility = (scope: Scope): Series => logOf(volatility(scope))
