import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { logRatioOf } from '../op/arithmetic.ts'
import { eachRow } from '../op/each-row.ts'

/** `ln(high / low)` */
export const logRange = (scope: Scope): Series => logRatioOf(scope.candle('high'), scope.candle('low'))

/**
 * Parkinson's variance from the range: `ln(high / low)² / (4 ln 2)`.
 * @see Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53
 */
export const parkinsonVariance = (scope: Scope): Series =>
  eachRow('parkinsonVariance', [logRange(scope)], (out, [range], count) => {
    for (let i = 0; i < count; i++) out[i] = (range[i] * range[i]) / (4 * Math.LN2)
  })
