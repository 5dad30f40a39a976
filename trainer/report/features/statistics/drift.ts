import { momentsOf, quantileOf } from './distribution.ts'

/** How far the values of a later period are from those of an earlier one. */
export interface Drift {
  /** Population stability index over the deciles of the earlier period. */
  readonly psi: number
  /** Kolmogorov and Smirnov's largest distance between the two distribution functions. */
  readonly ks: number
  /** Probability of such a distance between as many independent values of one distribution. */
  readonly ksP: number
  /** Wasserstein-1 distance, in standard deviations of the earlier period; null where it is constant. */
  readonly wasserstein: number | null
  /** Change of the median, in the same unit. */
  readonly medianShift: number | null
}

export type DriftBand = 'little' | 'moderate' | 'large'

/** @see Siddiqi (2006), Credit Risk Scorecards: below 0.1 no change to speak of, from 0.25 on a shift that needs action */
export const driftBand = (psi: number): DriftBand => (psi >= 0.25 ? 'large' : psi >= 0.1 ? 'moderate' : 'little')

/** Both ascending and not empty; `effective`: how many independent values each is worth. */
export function measureDrift(
  earlier: ArrayLike<number>,
  later: ArrayLike<number>,
  effective: { readonly earlier: number; readonly later: number },
): Drift {
  const { deviation } = momentsOf(earlier)
  const { ks, area } = distances(earlier, later)
  const inDeviations = (distance: number) => (deviation > 0 ? distance / deviation : null)
  return {
    psi: stabilityIndex(earlier, later),
    ks,
    ksP: kolmogorovP(ks, (effective.earlier * effective.later) / (effective.earlier + effective.later)),
    wasserstein: inDeviations(area),
    medianShift: inDeviations(quantileOf(later, 0.5) - quantileOf(earlier, 0.5)),
  }
}

const BINS = 10
/** A bin that is empty in one period would make the index infinite. */
const LEAST_SHARE = 1e-4

/** `Σ (q − p) ln(q / p)` over the deciles of the earlier values; equal deciles are one bin. */
export function stabilityIndex(earlier: ArrayLike<number>, later: ArrayLike<number>): number {
  const deciles = Array.from({ length: BINS - 1 }, (_, i) => quantileOf(earlier, (i + 1) / BINS))
  const edges = [...new Set(deciles)]
  const p = binShares(earlier, edges)
  const q = binShares(later, edges)
  return p.reduce((sum, share, i) => sum + (q[i] - share) * Math.log(q[i] / share), 0)
}

function binShares(sorted: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  let bin = 0
  for (let i = 0; i < sorted.length; i++) {
    while (bin < edges.length && sorted[i] > edges[bin]) bin++
    counts[bin]++
  }
  return counts.map(count => Math.max(LEAST_SHARE, count / sorted.length))
}

/** Largest difference between the distribution functions, and the area between them. */
function distances(a: ArrayLike<number>, b: ArrayLike<number>): { ks: number; area: number } {
  let i = 0
  let j = 0
  let ks = 0
  let area = 0
  let previous = Math.min(a[0], b[0])
  while (i < a.length || j < b.length) {
    const next = Math.min(
      i < a.length ? a[i] : Number.POSITIVE_INFINITY,
      j < b.length ? b[j] : Number.POSITIVE_INFINITY,
    )
    area += Math.abs(i / a.length - j / b.length) * (next - previous)
    while (i < a.length && a[i] === next) i++
    while (j < b.length && b[j] === next) j++
    ks = Math.max(ks, Math.abs(i / a.length - j / b.length))
    previous = next
  }
  return { ks, area }
}

/**
 * `P(D ≥ d)` for two samples worth n = n₁n₂ / (n₁ + n₂) values.
 * @see Stephens (1970), Use of the Kolmogorov–Smirnov Statistics Without Extensive Tables, J. R. Stat. Soc. B 32
 */
export function kolmogorovP(distance: number, n: number): number {
  const root = Math.sqrt(n)
  const lambda = (root + 0.12 + 0.11 / root) * distance
  // the series converges slowly where the probability is 1 to four digits
  if (lambda < 0.4) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-12) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}
