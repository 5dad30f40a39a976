import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { logRatioOf } from '../op/arithmetic.ts'
import { eachRow } from '../op/each-row.ts'

/** 4 ln 2, rounded as in the measured recipe, whose values these are. */
const PARKINSON_DIVISOR = 2.7726

/** 2 ln 2 − 1, rounded alike. */
const GARMAN_KLASS_BODY_SHARE = 0.3863

/** `ln(high / low)` */
export const logRange = (scope: Scope): Series => logRatioOf(scope.candle('high'), scope.candle('low'))

/** `ln(close / open)` */
export const logBody = (scope: Scope): Series => logRatioOf(scope.candle('close'), scope.candle('open'))

/**
 * Parkinson's variance from the range: `ln(high / low)² / 2.7726`.
 * @see Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53
 */
export const parkinsonVariance = (scope: Scope): Series =>
  eachRow('parkinsonVariance', [logRange(scope)], (out, [range], count) => {
    for (let i = 0; i < count; i++) out[i] = (range[i] * range[i]) / PARKINSON_DIVISOR
  })

/**
 * Garman and Klass' variance from range and body: `max(½·ln(high / low)² − 0.3863·ln(close / open)², 0)`.
 * @see Garman & Klass (1980), On the Estimation of Security Price Volatilities from Historical Data, J. Business 53
 */
export const garmanKlassVariance = (scope: Scope): Series =>
  eachRow('garmanKlassVariance', [logRange(scope), logBody(scope)], (out, [range, body], count) => {
    for (let i = 0; i < count; i++) {
      const variance = 0.5 * range[i] * range[i] - GARMAN_KLASS_BODY_SHARE * body[i] * body[i]
      out[i] = Math.max(variance, 0)
    }
  })

/**
 * Rogers and Satchell's variance, which a trend does not inflate:
 * `ln(high / close)·ln(high / open) + ln(low / close)·ln(low / open)`.
 * @see Rogers & Satchell (1991), Estimating Variance from High, Low and Closing Prices, Ann. Appl. Prob. 1
 */
export const rogersSatchellVariance = (scope: Scope): Series =>
  eachRow(
    'rogersSatchellVariance',
    [scope.candle('open'), scope.candle('high'), scope.candle('low'), scope.candle('close')],
    (out, [open, high, low, close], count) => {
      for (let i = 0; i < count; i++) {
        const above = ln(high[i] / close[i]) * ln(high[i] / open[i])
        const below = ln(low[i] / close[i]) * ln(low[i] / open[i])
        out[i] = above + below
      }
    },
  )
