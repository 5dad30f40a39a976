import type { Interval } from '../../sdk/backtest/backtest.ts'
import { createRandom } from '../../sdk/random.ts'
import { sortedQuantile } from '../train/outcomes.ts'

export interface BootstrapOptions {
  readonly seed: number
  /** Default 1,000. */
  readonly resamples?: number
  /** Default 0.9. */
  readonly level?: number
}

/**
 * Interval of `Σ numerator / Σ denominator` over blocks drawn with replacement. Each entry is the sum over one block (one
 * day of all symbols together), so that what moves together is drawn together.
 * @see Künsch: The Jackknife and the Bootstrap for General Stationary Observations, Annals of Statistics 17 (1989)
 */
export function bootstrapRatio(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  { seed, resamples = 1_000, level = 0.9 }: BootstrapOptions,
): Interval {
  const random = createRandom(seed, 'bootstrap')
  const blocks = numerators.length
  const ratios = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    let above = 0
    let below = 0
    for (let b = 0; b < blocks; b++) {
      const drawn = Math.floor(random.uniform() * blocks)
      above += numerators[drawn]
      below += denominators[drawn]
    }
    ratios[r] = above / below
  }
  ratios.sort()
  return { low: sortedQuantile(ratios, (1 - level) / 2), high: sortedQuantile(ratios, (1 + level) / 2), level }
}
