import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { volatilityLogRatio } from '../op/log-ratio.ts'
import { logVolatility, volatility } from './volatility.ts'

/** `ln(√variance + share·e) − ln e`: an estimate of volatility against the symbol's ex-ante one. */
export const againstVolatility = (scope: Scope, variance: Series, share: number): Series =>
  volatilityLogRatio(variance, volatility(scope), logVolatility(scope), share)
