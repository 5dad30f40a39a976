import {
  binAt,
  type Candidate,
  type Newcomer,
  orderByNews,
  relevanceOf,
  targetsOf,
  thinned,
} from './rank-candidates.ts'
import { columnsOf, type SearchData } from './search-data.ts'
import type { SearchCourse } from './search-result.ts'

/** Features computed at a time: memory stays small however many are tried. */
const BATCH = 32
const LEAST_COVERAGE = 0.9

/** Computes candidates and compares them with the outcomes: those that could be, and the order to judge them in. */
export async function tryCandidates(
  data: SearchData,
  names: readonly string[],
  o: SearchCourse & {
    readonly seed: number
    /** Candidates in the order, at most. */
    readonly most: number
  },
): Promise<{ tried: readonly Candidate[]; order: readonly Newcomer[] }> {
  const picked = thinned(data.rows)
  const targets = targetsOf(data.rows, data.horizons.length, picked, o.seed)
  const tried: Candidate[] = []
  for (let from = 0; from < names.length; from += BATCH) {
    o.progress(from / names.length, `${from} of ${names.length} candidates computed`)
    await o.pause()
    for (const { name, values } of columnsOf(data, names.slice(from, from + BATCH))) {
      const reason = whyNot(values)
      if (reason !== null) {
        await o.onTrial({ feature: name, step: 'left out', reason })
        continue
      }
      const binned = binAt(values, picked)
      tried.push({ name, values: binned, relevance: relevanceOf(binned, targets) })
    }
  }
  await o.pause()
  const baseline = columnsOf(data, data.set.features).map(({ values }) => binAt(values, picked))
  const order = await orderByNews(tried, baseline, targets, { most: o.most, pause: o.pause })
  for (const { name, relevance } of tried) {
    const at = order.findIndex(({ candidate }) => candidate.name === name)
    const place = at < 0 ? { place: null, news: null } : { place: at + 1, news: order[at].news }
    await o.onTrial({ feature: name, step: 'ranked', ...place, ...relevance })
  }
  return { tried, order }
}

function whyNot(values: Float32Array): string | null {
  const present = values.filter(value => !Number.isNaN(value))
  if (present.length < LEAST_COVERAGE * values.length) {
    return `has values at ${Math.floor((100 * present.length) / values.length)} % of the candles`
  }
  return present.every(value => value === present[0]) ? 'never changes' : null
}
