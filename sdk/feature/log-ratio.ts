import { ln } from '../portable-math.ts'

/** Keeps the logarithm of a volatility finite in a market that stands still. */
const FLOOR = 1e-6

/** `out[t] = ln(max(estimate + share·e, 1e-6)) − ln e`: a volatility estimate against the ex-ante one. */
export function fillLogRatio(
  estimate: Float64Array,
  shared: { readonly volatility: Float64Array; readonly logVolatility: Float64Array },
  out: Float64Array,
  o: { readonly from: number; readonly share: number },
): void {
  for (let t = o.from; t < out.length; t++) {
    out[t] = ln(Math.max(estimate[t] + o.share * shared.volatility[t], FLOOR)) - shared.logVolatility[t]
  }
}
