import type { FeatureKind } from '../../../sdk/feature/feature.ts'
import type { Period, Split } from '../../train/split.ts'
import { autocovariances, independentShare } from './statistics/autocorrelation.ts'
import { alikeTogether, correlatedGroups, rankCorrelations } from './statistics/correlation.ts'
import { histogramOf, momentsOf, quantileOf, sortedPresent } from './statistics/distribution.ts'
import { type Drift, measureDrift } from './statistics/drift.ts'
import { type Stationarity, testStationarity } from './statistics/stationarity.ts'

/** A feature's values on one symbol, in order of time; NaN where it has none. */
export interface ColumnOfSymbol {
  readonly name: string
  readonly kind: FeatureKind
  readonly unit: string
  readonly warmupCandles: number
  readonly values: Float64Array
}

export interface SymbolValues {
  readonly symbol: string
  readonly openTimeMs: Float64Array
  /** The same features for every symbol. */
  readonly columns: readonly ColumnOfSymbol[]
}

export const QUANTILE_LEVELS = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const

/** Lags of autocorrelations: a week of hourly candles. */
export const LAGS = 168

export interface Histogram {
  readonly low: number
  readonly high: number
  /** Shares by bin; what lies outside is in the first and the last. */
  readonly training: readonly number[]
  readonly test: readonly number[]
}

/** Quantiles of a month, over all symbols. */
export interface MonthBand {
  readonly startMs: number
  readonly low: number
  readonly median: number
  readonly high: number
}

export interface FeatureAnalysis {
  readonly name: string
  readonly kind: FeatureKind
  readonly unit: string
  /** Of its values after warm-up, over all symbols. */
  readonly values: number
  readonly missingFraction: number
  readonly mean: number
  readonly deviation: number
  /** At `QUANTILE_LEVELS`. */
  readonly quantiles: readonly number[]
  readonly histogram: Histogram
  readonly months: readonly MonthBand[]
  /** Mean over the symbols, for lags 0 … `LAGS`; null for a constant. */
  readonly autocorrelation: Float64Array | null
  /** By symbol, of observed features. */
  readonly stationarity: readonly { readonly symbol: string; readonly test: Stationarity | null }[]
  /** From the training to the test period; null where one of them has no values. */
  readonly drift: Drift | null
}

export interface FeaturesAnalysis {
  readonly symbols: readonly string[]
  readonly split: Split
  readonly features: readonly FeatureAnalysis[]
  /** Features without any value. */
  readonly empty: readonly string[]
  readonly correlations: {
    /** Of `features`, by Spearman. */
    readonly matrix: readonly ArrayLike<number>[]
    /** Indices, so that what is alike stands together. */
    readonly order: readonly number[]
    /** Indices of features that are nearly copies of each other. */
    readonly copies: readonly (readonly number[])[]
  }
}

/** |ρ| above which features count as copies. */
export const COPY_CORRELATION = 0.95

const BINS = 48
/** Rows that correlations are computed on: an error of 0.01 at most. */
const CORRELATION_ROWS = 20_000

/** Looks at features on the data of a training and a test period. */
export function analyseFeatures(
  symbols: readonly SymbolValues[],
  split: Split,
  onProgress: (fraction: number, feature: string) => void = () => {},
): FeaturesAnalysis {
  const all = symbols[0].columns.map((column, i) => {
    onProgress(i / symbols[0].columns.length, column.name)
    return { name: column.name, index: i, analysis: analyseFeature(symbols, i, split) }
  })
  const withValues = all.flatMap(({ analysis, index }) => (analysis === null ? [] : [{ analysis, index }]))
  const rows = symbols.reduce((sum, { openTimeMs }) => sum + openTimeMs.length, 0)
  const every = thinning(rows)
  const matrix = rankCorrelations(
    withValues.map(({ index }) =>
      Float64Array.from(
        symbols.flatMap(({ columns }) => Array.from(columns[index].values.filter((_, t) => t % every === 0))),
      ),
    ),
  )
  return {
    symbols: symbols.map(({ symbol }) => symbol),
    split,
    features: withValues.map(({ analysis }) => analysis),
    empty: all.filter(({ analysis }) => analysis === null).map(({ name }) => name),
    correlations: { matrix, order: alikeTogether(matrix), copies: correlatedGroups(matrix, COPY_CORRELATION) },
  }
}

/** Every how many rows are taken: a number without a common divisor with days and weeks, whose hours would be taken unevenly. */
function thinning(rows: number): number {
  let every = Math.max(1, Math.floor(rows / CORRELATION_ROWS))
  while ([2, 3, 5, 7].some(divisor => every % divisor === 0)) every++
  return every
}

function analyseFeature(symbols: readonly SymbolValues[], index: number, split: Split): FeatureAnalysis | null {
  const { name, kind, unit } = symbols[0].columns[index]
  const within = (period: Period): Float64Array[] =>
    symbols.map(({ openTimeMs, columns }) =>
      columns[index].values.filter((_, t) => openTimeMs[t] >= period.startTimeMs && openTimeMs[t] < period.endTimeMs),
    )
  const sorted = sortedPresent(join(symbols.map(({ columns }) => columns[index].values)))
  if (sorted.length === 0) return null
  const training = within(split.train).map(present)
  const test = within(split.test).map(present)
  const [sortedTraining, sortedTest] = [sortedPresent(join(training)), sortedPresent(join(test))]
  const expected = symbols.reduce((sum, { openTimeMs, columns }) => {
    return sum + Math.max(0, openTimeMs.length - columns[index].warmupCandles)
  }, 0)
  const series = symbols.map(({ symbol, columns }) => {
    const values = present(columns[index].values)
    return { symbol, values, covariances: autocovariances(values, LAGS) }
  })
  const autocorrelation = meanCorrelations(series.map(({ covariances }) => covariances))
  const share = autocorrelation === null ? 1 : independentShare(autocorrelation)
  // symbols move together: all of them are worth no more than the longest
  const worth = (parts: readonly Float64Array[]): number => Math.max(1, share * Math.max(...parts.map(p => p.length)))
  return {
    name,
    kind,
    unit,
    values: sorted.length,
    missingFraction: 1 - sorted.length / Math.max(sorted.length, expected),
    ...momentsOf(sorted),
    quantiles: QUANTILE_LEVELS.map(level => quantileOf(sorted, level)),
    histogram: drawnHistogram(sorted, sortedTraining, sortedTest),
    months: monthBands(symbols, index),
    autocorrelation,
    stationarity:
      kind === 'observed'
        ? series.map(({ symbol, values, covariances }) => ({ symbol, test: testStationarity(values, covariances) }))
        : [],
    drift:
      sortedTraining.length > 0 && sortedTest.length > 0
        ? measureDrift(sortedTraining, sortedTest, { earlier: worth(training), later: worth(test) })
        : null,
  }
}

const present = (values: Float64Array): Float64Array => values.filter(value => !Number.isNaN(value))

function join(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** From the smallest to the largest per mille; a constant in the middle of a bin. */
function drawnHistogram(sorted: Float64Array, training: Float64Array, test: Float64Array): Histogram {
  let [low, high] = [quantileOf(sorted, 0.001), quantileOf(sorted, 0.999)]
  if (!(high > low)) [low, high] = [sorted[0], sorted[sorted.length - 1]]
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5]
  const bins = { low, high, count: BINS }
  return { low, high, training: histogramOf(training, bins), test: histogramOf(test, bins) }
}

function meanCorrelations(covariances: readonly Float64Array[]): Float64Array | null {
  const varying = covariances.filter(([variance]) => variance > 0)
  if (varying.length === 0) return null
  return new Float64Array(LAGS + 1).map(
    (_, lag) => varying.reduce((sum, values) => sum + values[lag] / values[0], 0) / varying.length,
  )
}

function monthBands(symbols: readonly SymbolValues[], index: number): MonthBand[] {
  const byMonth = new Map<number, number[]>()
  for (const { openTimeMs, columns } of symbols) {
    const { values } = columns[index]
    let month = Number.NaN
    let end = Number.NEGATIVE_INFINITY
    let held: number[] = []
    for (let t = 0; t < values.length; t++) {
      if (openTimeMs[t] >= end) {
        const date = new Date(openTimeMs[t])
        month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
        end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
        held = byMonth.get(month) ?? []
        byMonth.set(month, held)
      }
      if (!Number.isNaN(values[t])) held.push(values[t])
    }
  }
  return [...byMonth]
    .filter(([, values]) => values.length > 0)
    .sort(([a], [b]) => a - b)
    .map(([startMs, values]) => {
      const sorted = Float64Array.from(values).sort()
      return { startMs, low: quantileOf(sorted, 0.1), median: quantileOf(sorted, 0.5), high: quantileOf(sorted, 0.9) }
    })
}
