import type { FeatureTable } from '../../sdk/feature/feature-table.ts'

/** The share of the ex-ante variance added to realised variance, so that its logarithm stays finite in dead markets. */
const FLOOR = 0.05 ** 2

/**
 * Log of the volatility realised over the next h candles (Parkinson's estimator) over the ex-ante volatility, `[T, H]`;
 * NaN where the future is not there.
 * @see Parkinson: The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53 (1980)
 */
export function futureLogVolatility({ series, volatility }: FeatureTable, horizons: readonly number[]): Float32Array {
  const { length, high, low } = series
  const cumulative = new Float64Array(length + 1)
  for (let t = 0; t < length; t++) {
    const range = Math.log(high[t] / low[t])
    cumulative[t + 1] = cumulative[t] + (range * range) / (4 * Math.LN2)
  }
  const H = horizons.length
  const out = new Float32Array(length * H).fill(Number.NaN)
  for (let t = 0; t < length; t++) {
    const variance = volatility[t] ** 2
    horizons.forEach((h, i) => {
      if (t + h >= length) return
      const realised = (cumulative[t + 1 + h] - cumulative[t + 1]) / h
      out[t * H + i] = 0.5 * Math.log(realised / variance + FLOOR)
    })
  }
  return out
}

/** Empirical quantile of sorted values, linearly interpolated (Hyndman & Fan's type 7). */
export function sortedQuantile(sorted: ArrayLike<number>, level: number): number {
  const position = (sorted.length - 1) * level
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
}
