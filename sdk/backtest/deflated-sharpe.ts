import { normalCdf, normalQuantile } from './normal-distribution.ts'

const EULER_GAMMA = 0.5772156649015329

/** A Sharpe ratio **per observation** (not annualised) with the moments of the returns it comes from. */
export interface SharpeSample {
  readonly sharpe: number
  /** Number of returns. */
  readonly observations: number
  readonly skewness: number
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number
}

/**
 * Probability that the true Sharpe ratio exceeds `benchmark` (both per observation), given sample length, skewness and
 * fat tails; null where the estimate's variance is not positive.
 * @see Bailey & López de Prado: The Sharpe Ratio Efficient Frontier, Journal of Risk 15 (2012)
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): number | null {
  const { sharpe, observations, skewness, kurtosis } = sample
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  if (!(variance > 0) || observations < 2) return null
  return normalCdf(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(variance))
}

/**
 * The Sharpe ratio that the best of `trials` independent strategies without skill shows on average:
 * `√V[SR] · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)))`; 0 for a single trial.
 * @param sharpeVariance variance of the Sharpe ratios across the trials, per observation
 */
export function expectedMaxSharpe(trials: number, sharpeVariance: number): number {
  if (trials <= 1) return 0
  const upper = normalQuantile(1 - 1 / trials)
  const further = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(sharpeVariance) * ((1 - EULER_GAMMA) * upper + EULER_GAMMA * further)
}

/**
 * Deflated Sharpe ratio: the probability that the true Sharpe ratio exceeds what the best of `trials` would have shown
 * by luck.
 *
 * Where only the number of trials is known, the variance across them is taken to be that of the estimation error of a
 * strategy without skill, `1/(T − 1)` per observation: trials that differ by noise alone. Trials that also differ in
 * skill spread wider, so with their Sharpe ratios at hand give `sharpeVariance`.
 * @see Bailey & López de Prado: The Deflated Sharpe Ratio, Journal of Portfolio Management 40 (2014)
 */
export function deflatedSharpe(sample: SharpeSample, trials: number, sharpeVariance?: number): number | null {
  const variance = sharpeVariance ?? 1 / (sample.observations - 1)
  return probabilisticSharpe(sample, expectedMaxSharpe(trials, variance))
}
