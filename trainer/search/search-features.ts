import { expectedMaxSharpe } from '../../sdk/backtest/deflated-sharpe.ts'
import { normalQuantile } from '../../sdk/backtest/normal-distribution.ts'
import { ConfigError } from '../../sdk/errors.ts'
import type { FeatureFamily } from '../../sdk/feature/feature.ts'
import { registeredFamilies } from '../../sdk/feature/registry.ts'
import { createRandom } from '../../sdk/random.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { generateCandidates, shuffled } from './candidates.ts'
import { type Column, type Gain, GainJudge, varianceOf } from './gain.ts'
import type { ProbeSettings } from './probe-network.ts'
import {
  binAt,
  type Candidate,
  type Newcomer,
  orderByNews,
  type Relevance,
  relevanceOf,
  targetsOf,
  thinned,
  turnedRound,
} from './rank-candidates.ts'
import { hasInputsOf, prepareSearch, type SearchData, valuesAtRows } from './search-data.ts'

export interface SearchOptions {
  /** Candidates to try, at most. */
  readonly maxCandidates: number
  /** Features to add, at most. */
  readonly keep: number
  /** Candidates that are judged together, kept or not: some gain too little to tell alone. Default 1. */
  readonly groupSize?: number
  readonly seed: number
  readonly folds?: number
  /** Networks per fold that are averaged. */
  readonly networks?: number
  readonly settings?: ProbeSettings
  /** Whose features, and transforms of them, are tried; default: all that are registered. */
  readonly families?: readonly FeatureFamily[]
  readonly onProgress?: (fraction: number, facts: string) => void
  /** Tells of every candidate what was found out, as soon as it is. */
  readonly onTrial?: (trial: Trial) => Promise<void>
  readonly signal?: AbortSignal
}

/** What became of a candidate. */
export type Trial =
  | { readonly feature: string; readonly step: 'left out'; readonly reason: string }
  | ({
      readonly feature: string
      readonly step: 'ranked'
      /** Among those that may be judged, and what it tells beyond those before it; null where it is not among them. */
      readonly place: number | null
      readonly news: number | null
    } & Relevance)
  | ({ readonly feature: string; readonly step: 'control' } & Gain)
  | ({ readonly features: readonly string[]; readonly step: 'judged'; readonly kept: boolean } & Gain)

export interface SearchResult {
  /** The baseline's features and those that were kept. */
  readonly features: readonly string[]
  readonly search: {
    /** Candidates that were computed and compared with the outcomes. */
    readonly tried: number
    /** Of these, candidates that networks were trained with. */
    readonly judged: number
    readonly leftOut: number
    readonly kept: readonly ({ readonly features: readonly string[] } & Gain)[]
    readonly seed: number
    readonly folds: number
    readonly networksPerFold: number
    readonly rows: number
    readonly symbols: readonly string[]
    readonly horizons: readonly number[]
    readonly period: { readonly from: string; readonly until: string }
    readonly baseline: { readonly features: readonly string[]; readonly loss: number }
    readonly result: { readonly loss: number } & Gain
    /** Features that know nothing: candidates turned round in time. All in standard errors of a gain. */
    readonly controls: {
      readonly gains: readonly number[]
      readonly mean: number
      readonly deviation: number
      /** Gain of the best of as many as were tried, if none knew anything. */
      readonly expectedBest: number
      /** What a gain must be for its feature to be kept. */
      readonly required: number
      /** Chance that any is kept if none knows anything. */
      readonly familywiseRate: number
    }
  }
}

const FOLDS = 3
const NETWORKS = 3
const CONTROLS = 10
/** Candidates that networks are trained with, per feature to keep. */
const JUDGED_PER_KEPT = 2
/** Features computed at a time: memory stays small however many are tried. */
const BATCH = 32
const LEAST_COVERAGE = 0.9
const FAMILYWISE_RATE = 0.05

/**
 * Tries transforms of features on the training period. Candidates are ranked by the information on the outcomes that the
 * baseline and better candidates lack; then, in this order, one at a time, a small network is trained with and without it,
 * and what makes the forecasts out of fold better than chance would is kept.
 * @throws ConfigError `NO_CANDIDATES`, `TOO_FEW_WINDOWS`, `EMPTY_SPLIT`; CandleError, FeatureError; what `signal` throws
 */
export async function searchFeatures(
  config: RunConfig,
  files: readonly CandleFile[],
  o: SearchOptions,
): Promise<SearchResult> {
  const { folds = FOLDS, networks = NETWORKS, groupSize = 1, onTrial = async () => {} } = o
  const pause = async (): Promise<void> => {
    // Ctrl-C reaches the process between two pieces of work
    await new Promise(resolve => setImmediate(resolve))
    o.signal?.throwIfAborted()
  }
  const progress = (fraction: number, facts: string) => o.onProgress?.(fraction, facts)

  const data = prepareSearch(config, files, folds)
  const names = generateCandidates(o.families ?? registeredFamilies(), {
    baseline: data.set.features,
    max: o.maxCandidates,
    seed: o.seed,
    isUsable: name => hasInputsOf(data, name),
  })
  const ranked = await rankCandidates(data, names, { ...o, onTrial, pause, progress })
  const { tried, order } = ranked
  if (tried.length === 0) {
    throw new ConfigError(
      'NO_CANDIDATES',
      `None of the ${names.length} candidates has values on nine tenths of the training period. Give more candles, or --max-candidates of more than ${o.maxCandidates}.`,
      { candidates: names.length },
    )
  }

  const baseline = columnsOf(data, data.set.features)
  const seeds = Array.from({ length: networks }, (_, i) => o.seed * 1000 + i)
  const judge = new GainJudge(data, {
    baseInputs: baseline.length,
    seeds,
    ...(o.settings ? { settings: o.settings } : {}),
  })
  const steps = 1 + CONTROLS + Math.ceil(order.length / groupSize)
  let step = 0
  const judged = async (columns: readonly Column[], facts: string) => {
    progress(RANKING_SHARE + ((1 - RANKING_SHARE) * step++) / steps, facts)
    return await judge.judge(columns, pause)
  }

  const atFirst = await judged(baseline, 'baseline')
  const random = createRandom(o.seed, 'controls')
  const controls: number[] = []
  for (const { name } of shuffled(tried, random).slice(0, CONTROLS)) {
    const [{ values }] = columnsOf(data, [name])
    const control = { name, values: turnedRound(values, random) }
    const found = judge.gain(atFirst, await judged([...baseline, control], 'controls'))
    controls.push(errorsOf(found))
    await onTrial({ feature: name, step: 'control', ...found })
  }
  const mean = controls.reduce((sum, gain) => sum + gain, 0) / controls.length
  const deviation = Math.sqrt(varianceOf(controls))
  // so that all tried together let one through that knows nothing at the familywise rate (Šidák 1967)
  const threshold = normalQuantile((1 - FAMILYWISE_RATE) ** (1 / tried.length))
  const required = Math.max(0, mean) + threshold * Math.max(1, deviation)

  let columns = baseline
  let best = atFirst
  const kept: ({ features: string[] } & Gain)[] = []
  let count = 0
  const added = () => columns.length - baseline.length
  while (count < order.length && added() < o.keep) {
    const group = order.slice(count, count + Math.min(groupSize, o.keep - added()))
    const features = group.map(({ candidate }) => candidate.name)
    const extended = [...columns, ...columnsOf(data, features)]
    const having = await judged(extended, `${added()} kept; ${features.join(' ')}`)
    const found = judge.gain(best, having)
    count += features.length
    const isKept = errorsOf(found) > required
    await onTrial({ features, step: 'judged', ...found, kept: isKept })
    if (!isKept) continue
    kept.push({ features, ...found })
    columns = extended
    best = having
  }
  progress(1, `${added()} kept`)
  const lossOf = (bySeed: readonly number[]) => bySeed.reduce((sum, loss) => sum + loss, 0) / bySeed.length
  const day = (timeMs: number) => new Date(timeMs).toISOString()
  return {
    features: columns.map(({ name }) => name),
    search: {
      tried: tried.length,
      judged: count,
      leftOut: names.length - tried.length,
      kept,
      seed: o.seed,
      folds,
      networksPerFold: networks,
      rows: data.rows.length,
      symbols: data.panel.map(({ symbol }) => symbol),
      horizons: data.horizons,
      period: { from: day(data.period.startTimeMs), until: day(data.period.endTimeMs) },
      baseline: { features: data.set.features, loss: lossOf(atFirst.bySeed) },
      result: { loss: lossOf(best.bySeed), ...judge.gain(atFirst, best) },
      controls: {
        gains: controls,
        mean,
        deviation,
        expectedBest: mean + expectedMaxSharpe(tried.length, deviation ** 2),
        required,
        familywiseRate: FAMILYWISE_RATE,
      },
    },
  }
}

/** A gain in its standard errors; 0 where both are, as with a feature that no network has use for. */
const errorsOf = ({ gain, standardError }: Gain): number => (standardError === 0 ? 0 : gain / standardError)

/** Gain of features over a baseline on the calibration period, which no search has seen; nets learn on the training period. */
export async function confirmFeatures(
  config: RunConfig,
  files: readonly CandleFile[],
  found: readonly string[],
  o: { readonly seed: number; readonly networks?: number; readonly settings?: ProbeSettings },
): Promise<Gain & { readonly baselineLoss: number }> {
  const data = prepareSearch(config, files, 0)
  const baseline = columnsOf(data, data.set.features)
  const added = found.filter(name => !data.set.features.includes(name))
  const seeds = Array.from({ length: o.networks ?? NETWORKS }, (_, i) => o.seed * 1000 + i)
  const judge = new GainJudge(data, {
    baseInputs: baseline.length,
    seeds,
    ...(o.settings ? { settings: o.settings } : {}),
  })
  const pause = async () => {}
  const without = await judge.judge(baseline, pause)
  const having = await judge.judge([...baseline, ...columnsOf(data, added)], pause)
  const baselineLoss = without.bySeed.reduce((sum, loss) => sum + loss, 0) / seeds.length
  return { ...judge.gain(without, having), baselineLoss }
}

const columnsOf = (data: SearchData, names: readonly string[]): Column[] =>
  names.length === 0 ? [] : valuesAtRows(data, names).map((values, f) => ({ name: names[f], values }))

/** Share of the progress bar that ranking takes. */
const RANKING_SHARE = 0.2

async function rankCandidates(
  data: SearchData,
  names: readonly string[],
  o: SearchOptions & {
    readonly onTrial: (trial: Trial) => Promise<void>
    readonly pause: () => Promise<void>
    readonly progress: (fraction: number, facts: string) => void
  },
): Promise<{ tried: readonly Candidate[]; order: readonly Newcomer[] }> {
  const picked = thinned(data.rows)
  const targets = targetsOf(data.rows, data.horizons.length, picked, o.seed)
  const tried: Candidate[] = []
  for (let from = 0; from < names.length; from += BATCH) {
    o.progress((RANKING_SHARE * from) / names.length, `${from} of ${names.length} candidates computed`)
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
  const order = await orderByNews(tried, baseline, targets, { most: JUDGED_PER_KEPT * o.keep, pause: o.pause })
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
