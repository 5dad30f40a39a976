import { createRandom, type Random } from '../../sdk/random.ts'
import { type Binned, binValues, conditionalMutualInformation, mutualInformation } from './mutual-information.ts'
import type { SearchRows } from './search-data.ts'

/** What a candidate tells of the outcomes by itself, in nats, mean of the horizons. */
export interface Relevance {
  /** Of the signed return in units of ex-ante volatility. */
  readonly direction: number
  /** Of its absolute value. */
  readonly size: number
  /** What a feature that moves alike but knows nothing seems to tell, both together: taken off in the ranking. */
  readonly chance: number
}

export interface Target {
  readonly kind: 'direction' | 'size'
  readonly values: Binned
  /** Turned round in time by random distances: nothing is left of what a feature knows of them. */
  readonly turned: readonly Binned[]
}

const BINS = 8
const TURNS = 4

/** Rows that information is estimated on: enough for tables of 8 × 8 × 8 cells. */
const MOST_ROWS = 20_000

/** Every so-manieth row, for estimates of information. */
export function thinned(rows: SearchRows): Int32Array {
  const stride = Math.ceil(rows.length / MOST_ROWS)
  return Int32Array.from({ length: Math.ceil(rows.length / stride) }, (_, i) => i * stride)
}

export const binAt = (values: Float32Array, picked: Int32Array): Binned =>
  binValues(
    Float32Array.from(picked, row => values[row]),
    BINS,
  )

export function targetsOf(rows: SearchRows, horizons: number, picked: Int32Array, seed: number): Target[] {
  const random = createRandom(seed, 'turns')
  return Array.from({ length: horizons }, (_, h) => h).flatMap(h =>
    (['direction', 'size'] as const).map(kind => {
      const signed = Float32Array.from(picked, row => rows.outcomes[row * horizons + h])
      const values = binValues(kind === 'size' ? signed.map(Math.abs) : signed, BINS)
      const turned = Array.from({ length: TURNS }, () => ({
        bins: values.bins,
        of: turnedRound(values.of, random),
      }))
      return { kind, values, turned }
    }),
  )
}

/** Begins somewhere in the middle and goes on with the beginning after the end: every statistic but the link to others stays. */
export function turnedRound<T extends Uint8Array | Float32Array>(values: T, random: Random): T {
  const by = Math.floor(values.length * (0.2 + 0.6 * random.uniform()))
  const out = values.slice() as T
  out.set(values.subarray(by), 0)
  out.set(values.subarray(0, by), values.length - by)
  return out
}

export function relevanceOf(x: Binned, targets: readonly Target[]): Relevance {
  const horizons = targets.length / 2
  const sums = { direction: 0, size: 0, chance: 0 }
  for (const { kind, values, turned } of targets) {
    sums[kind] += mutualInformation(x, values) / horizons
    for (const value of turned) sums.chance += mutualInformation(x, value) / turned.length / horizons
  }
  return sums
}

export interface Candidate {
  readonly name: string
  readonly values: Binned
  readonly relevance: Relevance
}

/** A candidate with what it tells beyond those before it, in nats. */
export interface Newcomer {
  readonly candidate: Candidate
  readonly news: number
}

/**
 * Orders candidates so that each tells what those before it, and the baseline, do not: next comes the one whose least
 * conditional information on the outcomes, given any one feature chosen before, is largest. Those that add nothing are
 * left out.
 * @see Fleuret (2004), Fast Binary Feature Selection with Conditional Mutual Information, JMLR 5
 */
export async function orderByNews(
  candidates: readonly Candidate[],
  baseline: readonly Binned[],
  targets: readonly Target[],
  o: { readonly most: number; readonly pause: () => Promise<void> },
): Promise<Newcomer[]> {
  const horizons = targets.length / 2
  const chosen = [...baseline]
  const pool = candidates.map(candidate => {
    const chance = (candidate.relevance.chance * horizons) / targets.length
    const least = targets.map(target => mutualInformation(candidate.values, target.values) - chance)
    return { candidate, least, compared: 0 }
  })
  const newsOf = (least: readonly number[]): number => least.reduce((sum, value) => sum + value, 0) / horizons
  const order: Newcomer[] = []
  while (order.length < o.most) {
    let best: { at: number; news: number } | null = null
    for (let at = 0; at < pool.length; at++) {
      await o.pause()
      const entry = pool[at]
      // what is told by itself only shrinks: a candidate already behind the best need not be looked at further
      while (entry.compared < chosen.length && newsOf(entry.least) > (best?.news ?? 0)) {
        const known = chosen[entry.compared++]
        const x = entry.candidate.values
        targets.forEach(({ values, turned }, i) => {
          // what chance would seem to tell is far from nothing where a feature moves slowly
          const chance = conditionalMutualInformation(x, turned[entry.compared % turned.length], known)
          const told = conditionalMutualInformation(x, values, known) - chance
          if (told < entry.least[i]) entry.least[i] = told
        })
      }
      const news = newsOf(entry.least)
      if (entry.compared === chosen.length && news > (best?.news ?? 0)) best = { at, news }
    }
    if (!best) break
    const [{ candidate }] = pool.splice(best.at, 1)
    order.push({ candidate, news: best.news })
    chosen.push(candidate.values)
  }
  return order
}
