import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'
import { eachRow } from './each-row.ts'

/** Keeps the logarithm of a volatility finite in a market that stands still. */
const FLOOR = 1e-6

/** What a log ratio reads where nothing moves. */
export const STILL_MARKET = 'Where nothing moves, ln share, or ln 1e-6 − ln e where that is more.'

/**
 * `ln(max(√variance + share·e, 1e-6)) − ln e`: an estimate of volatility against the ex-ante one.
 * @param e ex-ante volatility, and its logarithm
 * @param share of e inside the logarithm: one still candle must not read as −∞; larger where fewer values are averaged
 */
export function volatilityLogRatio(variance: Series, e: Series, logE: Series, share: number): Series {
  return eachRow(`volatilityLogRatio ${share}`, [variance, e, logE], (out, [v, unit, logUnit], count) => {
    for (let i = 0; i < count; i++) {
      const estimate = Math.sqrt(v[i]) + share * unit[i]
      out[i] = ln(Math.max(estimate, FLOOR)) - logUnit[i]
    }
  })
}
