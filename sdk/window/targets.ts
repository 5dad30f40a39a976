import type { FeatureTable } from '../feature/feature-table.ts'

/**
 * What a forecast made at the close of t is compared with: `ln(close[t+h] / close[t]) / (volatility[t]·√h)`.
 *
 * @param horizons In candles.
 * @returns `[T, H]`; NaN where the future or the ex-ante volatility is not there.
 */
export function computeTargets({ series, volatility }: FeatureTable, horizons: readonly number[]): Float32Array {
  const { length, close } = series
  const targets = new Float32Array(length * horizons.length).fill(Number.NaN)
  horizons.forEach((h, k) => {
    for (let t = 0; t + h < length; t++) {
      targets[t * horizons.length + k] = Math.log(close[t + h] / close[t]) / (volatility[t] * Math.sqrt(h))
    }
  })
  return targets
}
