import { ln } from '../portable-math.ts'

/** Keeps the logarithm of a volatility finite in a market that stands still. */
const FLOOR = 1e-6

/** `out[t] = ln(max(√variance + share·e, 1e-6)) − ln e`: an estimate of volatility against the ex-ante one. */
export function fillLogRatio(
  variance: Float64Array,
  shared: { readonly volatility: Float64Array; readonly logVolatility: Float64Array },
  out: Float64Array,
  o: { readonly from: number; readonly share: number },
): void {
  for (let t = o.from; t < out.length; t++) {
    out[t] = ln(Math.max(Math.sqrt(variance[t]) + o.share * shared.volatility[t], FLOOR)) - shared.logVolatility[t]
  }
}
