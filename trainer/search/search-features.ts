import { ConfigError } from '../../sdk/errors.ts'
import { registeredFamilies } from '../../sdk/feature/registry.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { generateCandidates } from './candidates.ts'
import { CONTROLS, measureChance } from './chance.ts'
import { errorsOf, type Gain, GainJudge, lossOf } from './gain.ts'
import { type Column, columnsOf, hasInputsOf, prepareSearch } from './search-data.ts'
import { NETWORKS, type SearchCourse, type SearchOptions, type SearchResult } from './search-result.ts'
import { tryCandidates } from './try-candidates.ts'

const FOLDS = 3
/** Candidates that networks are trained with, per feature to keep. */
const JUDGED_PER_KEPT = 2
/** Share of the progress bar that ranking takes. */
const RANKING_SHARE = 0.2

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
  const { folds = FOLDS, groupSize = 1, onTrial = async () => {} } = o
  const pause = async (): Promise<void> => {
    // Ctrl-C reaches the process between two pieces of work
    await new Promise(resolve => setImmediate(resolve))
    o.signal?.throwIfAborted()
  }
  const progress = (fraction: number, facts: string) => o.onProgress?.(fraction, facts)
  const course: SearchCourse = { onTrial, pause, progress }

  const data = prepareSearch(config, files, folds)
  const names = generateCandidates(o.families ?? registeredFamilies(), {
    baseline: data.set.features,
    max: o.maxCandidates,
    seed: o.seed,
    isUsable: name => hasInputsOf(data, name),
  })
  const { tried, order } = await tryCandidates(data, names, {
    ...course,
    progress: (fraction, facts) => progress(RANKING_SHARE * fraction, facts),
    seed: o.seed,
    most: JUDGED_PER_KEPT * o.keep,
  })
  if (tried.length === 0) {
    throw new ConfigError(
      'NO_CANDIDATES',
      `None of the ${names.length} candidates has values on nine tenths of the training period. Give more candles, or --max-candidates of more than ${o.maxCandidates}.`,
      { candidates: names.length },
    )
  }

  const baseline = columnsOf(data, data.set.features)
  const judge = new GainJudge(data, { networks: NETWORKS, ...o, baseInputs: baseline.length })
  const steps = 1 + CONTROLS + Math.ceil(order.length / groupSize)
  let step = 0
  const judged = async (columns: readonly Column[], facts: string) => {
    progress(RANKING_SHARE + ((1 - RANKING_SHARE) * step++) / steps, facts)
    return await judge.judge(columns, pause)
  }

  const atFirst = await judged(baseline, 'baseline')
  const controls = await measureChance(data, tried, {
    ...course,
    seed: o.seed,
    judge,
    baseline,
    without: atFirst,
    judged,
  })

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
    const isKept = errorsOf(found) > controls.required
    await onTrial({ features, step: 'judged', ...found, kept: isKept })
    if (!isKept) continue
    kept.push({ features, ...found })
    columns = extended
    best = having
  }
  progress(1, `${added()} kept`)
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
      networksPerFold: o.networks ?? NETWORKS,
      rows: data.rows.length,
      symbols: data.panel.map(({ symbol }) => symbol),
      horizons: data.horizons,
      period: { from: day(data.period.startTimeMs), until: day(data.period.endTimeMs) },
      baseline: { features: data.set.features, loss: lossOf(atFirst) },
      result: { loss: lossOf(best), ...judge.gain(atFirst, best) },
      controls,
    },
  }
}
