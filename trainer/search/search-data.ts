import { fillShortGaps } from '../../sdk/candle/fill-short-gaps.ts'
import { validateRows } from '../../sdk/candle/validate-rows.ts'
import { ConfigError, FeatureError } from '../../sdk/errors.ts'
import { compileFeatures } from '../../sdk/feature/compile-features.ts'
import { computePanel } from '../../sdk/feature/compute-features.ts'
import type { FeatureSet } from '../../sdk/feature/feature.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { registeredFamilies } from '../../sdk/feature/registry.ts'
import { rowsWithin } from '../../sdk/feature/slice-rows.ts'
import { type Timeframe, timeframeMs } from '../../sdk/units.ts'
import { computeTargets } from '../../sdk/window/targets.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { fitFeatureSet } from '../train/feature-set.ts'
import { belongsTo, type Period, splitPeriods } from '../train/split.ts'

/** A row is a candle of a symbol at whose close a forecast is made. */
export interface SearchRows {
  readonly length: number
  readonly symbol: Uint16Array
  /** Of the symbol's candles. */
  readonly index: Int32Array
  readonly decidedAtMs: Float64Array
  /** Returns in units of ex-ante volatility, `[N, H]`. */
  readonly outcomes: Float32Array
}

/** What a network learns on and what it is judged by, later. */
export interface Fold {
  readonly train: Period
  readonly judge: Period
}

/** What the search may see. Of what comes later there is nothing here that could be looked at. */
export interface SearchData {
  readonly timeframe: Timeframe
  readonly panel: readonly FeatureRows[]
  /** The features that the model has, with the market and the profile that features may need. */
  readonly set: FeatureSet
  /** Candles ahead. */
  readonly horizons: readonly number[]
  readonly levels: readonly number[]
  readonly period: Period
  readonly folds: readonly Fold[]
  readonly rows: SearchRows
  readonly longestMs: number
}

/** More rows than this say little more, as neighbouring outcomes overlap: beyond it, every second, third … candle is a row. */
const MOST_ROWS = 60_000

/**
 * The second half of the training period, cut into consecutive blocks: each fold is judged by one and learns from all that
 * lies before it.
 * @param folds number of folds; 0: one fold that learns from the training period and is judged by the calibration period
 * @throws ConfigError `TOO_FEW_WINDOWS`, `EMPTY_SPLIT`; CandleError, FeatureError
 */
export function prepareSearch(config: RunConfig, files: readonly CandleFile[], folds: number): SearchData {
  const { timeframe, maxGapCandles } = config.data
  const stepMs = timeframeMs(timeframe)
  const whole = files.map(({ symbol, candles }) =>
    validateRows(fillShortGaps(candles, { timeframe, maxGapCandles }).candles, { symbol, timeframe }),
  )
  const split = splitPeriods(config.split, {
    startTimeMs: Math.min(...whole.map(rows => rows.openTimeMs[0])),
    endTimeMs: Math.max(...whole.map(rows => rows.openTimeMs[rows.length - 1])) + stepMs,
  })
  const endTimeMs = folds === 0 ? split.calibration.endTimeMs : split.train.endTimeMs
  const period = { startTimeMs: split.train.startTimeMs, endTimeMs }
  const before = (panel: readonly FeatureRows[], timeMs: number): FeatureRows[] =>
    panel.flatMap(rows => rowsWithin(rows, rows.openTimeMs[0], timeMs - stepMs) ?? [])
  const panel = before(whole, endTimeMs)
  const cut = folds === 0 ? [{ train: split.train, judge: split.calibration }] : cutFolds(period, folds)
  // what is fitted is fitted on what every fold learns from
  const { features } = config
  const everything = { ...config, features: [...new Set([...features, ...registeredExamples()])] }
  const set = { ...fitFeatureSet(everything, before(panel, cut[0].train.endTimeMs), cut[0].train), features }
  const horizons = spread(config.horizons)
  const longestMs = horizons[horizons.length - 1] * stepMs
  const data = { timeframe, panel, set, horizons, levels: config.quantiles, period, folds: cut, longestMs }
  const rows = collectRows(data, stepMs)
  for (const { train, judge } of cut) {
    for (const part of [train, judge]) {
      if (rowsOf({ rows, longestMs }, part, false).length >= 100) continue
      throw new ConfigError(
        'TOO_FEW_WINDOWS',
        `A fold of the search has fewer than 100 candles with a past and ${horizons.at(-1)} candles to come. Use more data or fewer folds.`,
        { period: part, folds },
      )
    }
  }
  return { ...data, rows }
}

const registeredExamples = (): string[] => registeredFamilies().flatMap(({ examples }) => examples)

/** The first of the horizons, the last and one between, as ratios go. */
function spread(horizons: readonly number[]): number[] {
  const [first, last] = [horizons[0], horizons[horizons.length - 1]]
  const middle = Math.sqrt(first * last)
  const between = horizons.reduce((best, h) => (Math.abs(h - middle) < Math.abs(best - middle) ? h : best), last)
  return [...new Set([first, between, last])]
}

function cutFolds({ startTimeMs, endTimeMs }: Period, folds: number): Fold[] {
  const halfMs = (endTimeMs - startTimeMs) / 2
  const block = halfMs / folds
  return Array.from({ length: folds }, (_, k) => {
    const border = startTimeMs + halfMs + k * block
    return {
      train: { startTimeMs, endTimeMs: border },
      judge: { startTimeMs: border, endTimeMs: k === folds - 1 ? endTimeMs : border + block },
    }
  })
}

function collectRows(data: Omit<SearchData, 'rows'>, stepMs: number): SearchRows {
  const { horizons, period, longestMs } = data
  const tables = tablesOf(data, data.set.features)
  const longest = horizons[horizons.length - 1]
  const found = tables.flatMap((table, s) => {
    const targets = computeTargets(table, horizons)
    const { openTimeMs, length } = table.series
    const rows: { s: number; t: number; decidedAtMs: number; outcomes: Float32Array }[] = []
    for (let t = table.warmupCandles; t + longest < length; t++) {
      const decidedAtMs = openTimeMs[t] + stepMs
      if (!belongsTo(period, decidedAtMs, longestMs, false)) continue
      if (openTimeMs[t + longest] - openTimeMs[t] !== longestMs) continue // across a gap
      const outcomes = targets.subarray(t * horizons.length, (t + 1) * horizons.length)
      if (outcomes.every(Number.isFinite)) rows.push({ s, t, decidedAtMs, outcomes })
    }
    return rows
  })
  const stride = Math.ceil(found.length / MOST_ROWS)
  const kept = found.filter((_, i) => i % stride === 0)
  const outcomes = new Float32Array(kept.length * horizons.length)
  kept.forEach((row, i) => {
    outcomes.set(row.outcomes, i * horizons.length)
  })
  return {
    length: kept.length,
    symbol: Uint16Array.from(kept, row => row.s),
    index: Int32Array.from(kept, row => row.t),
    decidedAtMs: Float64Array.from(kept, row => row.decidedAtMs),
    outcomes,
  }
}

/** Rows that belong to a period, with everything they are judged by. */
export function rowsOf(
  { rows, longestMs }: Pick<SearchData, 'rows' | 'longestMs'>,
  period: Period,
  embargo: boolean,
): Int32Array {
  const indices = Array.from({ length: rows.length }, (_, i) => i)
  return Int32Array.from(indices.filter(i => belongsTo(period, rows.decidedAtMs[i], longestMs, embargo)))
}

const tablesOf = (data: Omit<SearchData, 'rows'>, features: readonly string[]): FeatureTable[] => {
  const { panel, timeframe } = data
  const program = compileFeatures({ ...data.set, features }, { symbols: panel.map(rows => rows.symbol), timeframe })
  return computePanel(program, panel)
}

/** A feature's values at the search's rows, NaN where there is none. */
export interface Column {
  readonly name: string
  readonly values: Float32Array
}

export function columnsOf(data: SearchData, features: readonly string[]): Column[] {
  if (features.length === 0) return []
  const { rows } = data
  const tables = tablesOf(data, features)
  return features.map(name => {
    const columns = tables.map(table => {
      const observed = table.observedNames.indexOf(name)
      if (observed >= 0) return table.observed[observed]
      const { at } = table.knownFeatures[table.knownNames.indexOf(name)]
      return table.series.openTimeMs.map(at!)
    })
    const values = Float32Array.from({ length: rows.length }, (_, i) => columns[rows.symbol[i]][rows.index[i]])
    return { name, values }
  })
}

/** Whether the candles come with all that a feature is made of. */
export function hasInputsOf({ panel, set, timeframe }: SearchData, name: string): boolean {
  try {
    const symbols = panel.map(rows => rows.symbol)
    const program = compileFeatures({ ...set, features: [name] }, { symbols, timeframe })
    const inputs = program.observed.flat().flatMap(feature => feature.inputs)
    return (
      program.panelSymbols.every(symbol => symbols.includes(symbol)) &&
      inputs.every(({ symbol, input }) => panel.some(rows => rows.symbol === symbol && rows.inputs?.[input]))
    )
  } catch (error) {
    if (error instanceof FeatureError && ['NO_MARKET', 'NO_PROFILE'].includes(error.code)) return false
    throw error
  }
}
