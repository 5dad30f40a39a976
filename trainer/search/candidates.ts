import type { FeatureFamily } from '../../sdk/feature/feature.ts'
import { createRandom, type Random } from '../../sdk/random.ts'

/** How one feature is made of another, which stands in x's place. */
const OF_ONE: readonly string[] = [
  'lag(x,1)',
  'lag(x,6)',
  'lag(x,24)',
  'change(x,1)',
  'change(x,6)',
  'change(x,24)',
  'abs(x)',
  'mean(x,6)',
  'mean(x,24)',
  'mean(x,168)',
  'smoothed(x,12)',
  'deviation(x,24)',
  'deviation(x,168)',
  'highest(x,24)',
  'lowest(x,24)',
  'zScore(x,24)',
  'zScore(x,168)',
  'rank(x,168)',
  'absEnergy(x,24)',
  'meanAbsChange(x,24)',
  'complexity(x,24)',
  'shareAboveMean(x,72)',
  'longestAboveMean(x,72)',
  'meanCrossings(x,72)',
  'peaks(x,3,72)',
  'trend(x,6)',
  'trend(x,24)',
  'trend(x,72)',
  'autocorrelation(x,1,72)',
  'autocorrelation(x,24,168)',
  'timeReversalAsymmetry(x,1,72)',
  'c3(x,1,72)',
]

const OF_TWO: readonly string[] = ['difference(x,y)', 'product(x,y)', 'ratio(x,y)']

/** Candidates of two features among those of one: there are too many pairs to try them all. */
const PAIR_SHARE = 0.15

export interface CandidateOptions {
  /** What the model has already. */
  readonly baseline: readonly string[]
  readonly max: number
  readonly seed: number
  /** Whether the data have what the feature is made of. */
  readonly isUsable: (name: string) => boolean
}

/**
 * Names of features to try: the registered families' examples that the baseline lacks, half of `max` at most, and
 * transforms of them and of the baseline's features, drawn at random. The same seed draws the same.
 */
export function generateCandidates(families: readonly FeatureFamily[], o: CandidateOptions): string[] {
  const observed = new Set(families.filter(({ kind }) => kind === 'observed').map(({ name }) => name))
  const registered = families
    .filter(({ kind, group }) => kind !== 'static' && group !== 'transform')
    .flatMap(({ examples }) => examples)
    .filter(o.isUsable)
  const random = createRandom(o.seed, 'candidates')
  const taken = new Set(o.baseline)
  const plain = shuffled(
    registered.filter(name => !taken.has(name)),
    random,
  )
  // what is known of times to come does not need to be told what it was
  const sources = [...new Set([...o.baseline, ...registered])].filter(name => observed.has(name.replace(/\(.*/, '')))
  const made = shuffled(transformsOf(sources, random), random).filter(name => !taken.has(name) && o.isUsable(name))
  const plainCount = Math.min(plain.length, Math.max(Math.ceil(o.max / 2), o.max - made.length))
  return [...plain.slice(0, plainCount), ...made.slice(0, o.max - plainCount)]
}

function transformsOf(sources: readonly string[], random: Random): string[] {
  const ofOne = sources.flatMap(x => OF_ONE.map(template => template.replace(/\bx\b/, x)))
  if (sources.length < 2) return ofOne
  const draw = (): string => sources[Math.floor(random.uniform() * sources.length)]
  const ofTwo = Array.from({ length: Math.round(PAIR_SHARE * ofOne.length) }, () => {
    const [x, y] = [draw(), draw()]
    const template = OF_TWO[Math.floor(random.uniform() * OF_TWO.length)]
    return x === y ? null : template.replace(/[xy](?=[,)])/g, place => (place === 'x' ? x : y))
  })
  return [...new Set([...ofOne, ...ofTwo.filter(name => name !== null)])]
}

/** Fisher and Yates's shuffle. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1))
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
