import { FeatureError } from '../errors.ts'
import type { FeatureTable } from '../feature/feature-table.ts'
import { formatTimeMs } from '../units.ts'

/** `clip((x − mean) / standardDeviation, ±clip)` */
export interface Scaler {
  readonly mean: number
  /** > 0 */
  readonly standardDeviation: number
  /** > 0, in standard deviations. */
  readonly clip: number
}

/** Rows `from … to` (exclusive) of a table: training data only. */
export interface ScalerRows {
  readonly table: FeatureTable
  readonly from: number
  readonly to: number
}

const DEFAULT_CLIP = 5

export function scale(value: number, { mean, standardDeviation, clip }: Scaler): number {
  return Math.max(-clip, Math.min(clip, (value - mean) / standardDeviation))
}

/**
 * Fits one scaler per feature, observed then known, over the rows of all tables together; rows in which a warmed-up feature
 * has no value, as where another symbol had no candles, do not count for it.
 * @throws FeatureError `NO_ROWS`, `FEATURE_MISMATCH`, `NON_FINITE_FEATURE`
 */
export function fitScalers(parts: readonly ScalerRows[], clip = DEFAULT_CLIP): Scaler[] {
  const rows = parts.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  if (rows === 0) throw new FeatureError('NO_ROWS', 'Scalers need at least one row of features; got none.', { rows })
  const [{ table: first }] = parts
  for (const { table } of parts) checkSameFeatures(first, table)

  return [
    ...first.observedNames.map((name, f) => fitOne(parts, clip, observedValue(name, f), name)),
    ...first.knownNames.map((name, f) =>
      fitOne(parts, clip, (table, t) => table.knownFeatures[f].at!(table.series.openTimeMs[t]), name),
    ),
  ]
}

type ValueAt = (table: FeatureTable, t: number) => number

function observedValue(name: string, f: number): ValueAt {
  return ({ observed, observedFeatures, series }, t) => {
    const value = observed[f][t]
    const isNoValue = Number.isNaN(value) && t >= observedFeatures[f].warmupCandles
    if (Number.isFinite(value) || isNoValue) return value
    throw new FeatureError(
      'NON_FINITE_FEATURE',
      `${series.symbol} ${formatTimeMs(series.openTimeMs[t])}: feature "${name}" is ${value} among the rows scalers are fitted on; begin at the table's warmupCandles.`,
      { symbol: series.symbol, openTimeMs: series.openTimeMs[t], index: t, feature: name, value },
    )
  }
}

/** Two passes, so that a mean far from 0 costs the deviation no digits. */
function fitOne(parts: readonly ScalerRows[], clip: number, valueAt: ValueAt, name: string): Scaler {
  const average = (of: (value: number) => number): number => {
    let sum = 0
    let count = 0
    for (const { table, from, to } of parts) {
      for (let t = from; t < to; t++) {
        const value = valueAt(table, t)
        if (Number.isNaN(value)) continue
        sum += of(value)
        count++
      }
    }
    return sum / count
  }
  const mean = average(value => value)
  if (Number.isNaN(mean)) {
    throw new FeatureError('NO_ROWS', `The feature "${name}" has no value among the rows scalers are fitted on.`, {
      feature: name,
    })
  }
  const standardDeviation = Math.sqrt(average(value => (value - mean) ** 2))
  // a feature that never moved in training carries nothing: any positive unit will do
  return { mean, standardDeviation: standardDeviation > 1e-9 ? standardDeviation : 1, clip }
}

function checkSameFeatures(a: FeatureTable, b: FeatureTable): void {
  const [expected, found] = [a, b].map(table => [...table.observedNames, ...table.knownNames].join(', '))
  if (expected !== found) {
    throw new FeatureError(
      'FEATURE_MISMATCH',
      `${b.series.symbol}: the table has the features ${found}; the first table has ${expected}. Compute all with the same list.`,
      { symbol: b.series.symbol, expected, found },
    )
  }
}
