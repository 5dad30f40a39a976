import { momentsOf } from './distribution.ts'

/** `Σ (x[t] − x̄)(x[t − lag] − x̄) / n` for lags 0 … `lags`; values in order of time, none missing. */
export function autocovariances(values: ArrayLike<number>, lags: number): Float64Array {
  const n = values.length
  const { mean } = momentsOf(values)
  const centred = Float64Array.from(values, value => value - mean)
  const covariances = new Float64Array(lags + 1)
  for (let lag = 0; lag <= Math.min(lags, n - 1); lag++) {
    let sum = 0
    for (let t = lag; t < n; t++) sum += centred[t] * centred[t - lag]
    covariances[lag] = sum / n
  }
  return covariances
}

/**
 * How many independent values a series is worth, as a share of its length: `1 / (1 + 2 Σ ρ)`, up to the first lag at which ρ
 * is not positive.
 * @see Bartlett (1946), On the Theoretical Specification and Sampling Properties of Autocorrelated Time-Series, J. R. Stat. Soc. B 8
 */
export function independentShare(correlations: ArrayLike<number>): number {
  let sum = 0
  for (let lag = 1; lag < correlations.length && correlations[lag] > 0; lag++) sum += correlations[lag]
  return 1 / (1 + 2 * sum)
}
