import { decimal, list, percent } from '../format.ts'
import type { FeatureAnalysis, FeaturesAnalysis } from './analyse-features.ts'
import { driftBand } from './statistics/drift.ts'
import type { StationarityVerdict } from './statistics/stationarity.ts'

/** What about a feature is worth a look; the gravest first. */
export interface FeatureFinding {
  readonly what: 'no value' | 'constant' | 'drift' | 'unit root' | 'missing' | 'copies' | 'shifting'
  readonly features: readonly string[]
  readonly text: string
}

/** Beyond this share, gaps in a feature's inputs cost windows. */
const MANY_MISSING = 0.01
/** A shift of the level that half of the symbols show. */
const MAJORITY = 0.5

/** The verdict that most symbols have, with its share; null where nothing was tested. */
export function commonVerdict({
  stationarity,
}: FeatureAnalysis): { verdict: StationarityVerdict; count: number } | null {
  const counts = new Map<StationarityVerdict, number>()
  for (const { test } of stationarity) if (test !== null) counts.set(test.verdict, (counts.get(test.verdict) ?? 0) + 1)
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most === undefined ? null : { verdict: most[0], count: most[1] }
}

export function findFindings({ features, empty, correlations, symbols }: FeaturesAnalysis): FeatureFinding[] {
  const findings: FeatureFinding[] = empty.map(name => ({
    what: 'no value',
    features: [name],
    text: 'It has no value on these data: they are shorter than its warm-up, or lack what it is made of.',
  }))
  for (const { name, deviation, kind } of features) {
    if (deviation > 0 || kind === 'static') continue
    findings.push({
      what: 'constant',
      features: [name],
      text: 'It is the same throughout, and tells a network nothing.',
    })
  }
  for (const { name, drift } of [...features].sort((a, b) => (b.drift?.psi ?? 0) - (a.drift?.psi ?? 0))) {
    if (drift === null || driftBand(drift.psi) === 'little') continue
    const shift =
      drift.medianShift === null ? '' : `; its median moved by ${decimal(drift.medianShift)} standard deviations`
    const text = `From training to test its distribution shifts: PSI ${decimal(drift.psi)} (${driftBand(drift.psi)}), Kolmogorov–Smirnov distance ${decimal(drift.ks)}${shift}.`
    findings.push({ what: 'drift', features: [name], text })
  }
  for (const feature of features) {
    const common = commonVerdict(feature)
    if (common?.verdict !== 'unit root' || common.count <= MAJORITY * symbols.length) continue
    const text = `It wanders without a level to return to, on ${common.count} of ${symbols.length} symbols: what the scaler learnt in training will not hold for ever.`
    findings.push({ what: 'unit root', features: [feature.name], text })
  }
  for (const [share, names] of missingTogether(features)) {
    const text = `${names.length === 1 ? '' : `${firstOf(names)}: `}${share} of the values are missing after the warm-up; windows with one are left out.`
    findings.push({ what: 'missing', features: names, text })
  }
  for (const group of correlations.copies) {
    const names = group.map(i => features[i].name)
    const pairs = group.flatMap(i => group.filter(j => j < i).map(j => Math.abs(correlations.matrix[i][j])))
    const text = `${list(names)} are nearly copies, with rank correlations up to ${decimal(Math.max(...pairs), 3)}. One of them may do.`
    findings.push({ what: 'copies', features: names, text })
  }
  const shifting = features.filter(feature => commonVerdict(feature)?.verdict === 'shifting').map(({ name }) => name)
  if (shifting.length > 0) {
    const text = `${firstOf(shifting)}: no unit root, but no constant level either, on most symbols: trends over years, or long memory.`
    findings.push({ what: 'shifting', features: shifting, text })
  }
  return findings
}

/** What is made of the same series lacks the same values: names by the share that is missing. */
function missingTogether(features: readonly FeatureAnalysis[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { name, missingFraction } of features) {
    if (missingFraction <= MANY_MISSING) continue
    const share = percent(missingFraction, { digits: 0 })
    groups.set(share, [...(groups.get(share) ?? []), name])
  }
  return groups
}

const MOST_NAMED = 6

const firstOf = (names: readonly string[]): string =>
  list(names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} more`] : names)
