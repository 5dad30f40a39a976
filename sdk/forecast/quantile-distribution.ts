import { ForecastError } from '../errors.ts'

/**
 * A distribution known by a few quantiles is completed like this: the quantile function is linear between neighbouring
 * levels, and each tail is exponential, with the rate that the two outermost quantiles imply. Its mean and its width are
 * then weighted sums of the quantiles with weights that depend on the levels alone, so a whole series costs one
 * multiplication per quantile.
 */
export interface QuantileWeights {
  /** `Σ mean[q] · quantile[q]` is the mean of the distribution; the weights sum to 1. */
  readonly mean: Float64Array
  /** `Σ width80[q] · quantile[q]` is the 0.9 quantile minus the 0.1 quantile; the weights sum to 0. */
  readonly width80: Float64Array
}

/**
 * Weights for these quantile levels.
 * @param levels ascending, at least two, within (0, 1)
 * @throws ForecastError `INVALID_LEVELS`
 */
export function quantileWeights(levels: readonly number[]): QuantileWeights {
  const n = levels.length
  if (n < 2 || levels.some((level, i) => !(level > 0 && level < 1) || (i > 0 && level <= levels[i - 1]))) {
    throw new ForecastError(
      'INVALID_LEVELS',
      `Quantile levels [${levels.join(', ')}] do not make a distribution: expected two or more within (0, 1), ascending.`,
      { levels },
    )
  }
  const mean = new Float64Array(n)
  for (let i = 0; i + 1 < n; i++) {
    const mass = levels[i + 1] - levels[i]
    mean[i] += mass / 2
    mean[i + 1] += mass / 2
  }
  // an exponential tail of mass p beyond q adds p · (q ± scale), its scale being the tail's mean excess
  const lowMass = levels[0]
  const lowScale = 1 / Math.log(levels[1] / levels[0])
  mean[0] += lowMass * (1 + lowScale)
  mean[1] -= lowMass * lowScale
  const highMass = 1 - levels[n - 1]
  const highScale = 1 / Math.log((1 - levels[n - 2]) / highMass)
  mean[n - 1] += highMass * (1 + highScale)
  mean[n - 2] -= highMass * highScale

  const upper = levelWeights(levels, 0.9)
  const lower = levelWeights(levels, 0.1)
  return { mean, width80: upper.map((w, q) => w - lower[q]) }
}

/** Weights that read the quantile at any level off the completed distribution. */
function levelWeights(levels: readonly number[], level: number): Float64Array {
  const n = levels.length
  const weights = new Float64Array(n)
  const exact = levels.indexOf(level)
  if (exact >= 0) {
    weights[exact] = 1
  } else if (level < levels[0]) {
    const steps = Math.log(levels[0] / level) / Math.log(levels[1] / levels[0])
    weights[0] = 1 + steps
    weights[1] = -steps
  } else if (level > levels[n - 1]) {
    const steps = Math.log((1 - levels[n - 1]) / (1 - level)) / Math.log((1 - levels[n - 2]) / (1 - levels[n - 1]))
    weights[n - 1] = 1 + steps
    weights[n - 2] = -steps
  } else {
    const above = levels.findIndex(l => l > level)
    const share = (level - levels[above - 1]) / (levels[above] - levels[above - 1])
    weights[above - 1] = 1 - share
    weights[above] = share
  }
  return weights
}

/** `Σ weights[q] · quantiles[start + q]`. */
export function weightedSum(weights: Float64Array, quantiles: ArrayLike<number>, start = 0): number {
  let sum = 0
  for (let q = 0; q < weights.length; q++) sum += weights[q] * quantiles[start + q]
  return sum
}

/** Position of the median. @throws ForecastError `INVALID_LEVELS` */
export function medianIndex(levels: readonly number[]): number {
  const at = levels.indexOf(0.5)
  if (at < 0) {
    throw new ForecastError('INVALID_LEVELS', `Quantile levels [${levels.join(', ')}] lack the median, 0.5.`, {
      levels,
    })
  }
  return at
}
