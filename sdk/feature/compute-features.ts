import type { CandleSeries } from '../candle/candle.ts'
import { FeatureError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import { compileFeatures, type FeatureProgram } from './compile-features.ts'
import type { FeatureSet } from './feature.ts'
import type { FeatureRows, FeatureTable, FeatureValue } from './feature-table.ts'
import { PanelRun } from './panel-run.ts'
import { SETTLING_CANDLES } from './shared/volatility.ts'

/** Values of all series computed at a time: they stay in the processor's cache. */
const CHUNK_VALUES = 65_536

/** Long enough that starting on a chunk costs little, whatever the number of series. */
const SHORTEST_CHUNK = 256
const LONGEST_CHUNK = 2048

/**
 * Computes features over a whole series; trainer, worker and backtest all call this. A value at t is a function of the
 * candles `t − memoryCandles … t` alone: neither what comes later nor what came earlier changes a bit of it.
 *
 * @param features names, observed and known in any order, or a set
 * @throws FeatureError `UNKNOWN_FEATURE`, `BAD_PARAMETER`, `DUPLICATE_FEATURE`, `MISSING_INPUT`, `NON_FINITE_FEATURE` …
 */
export function computeFeatures(
  series: CandleSeries | FeatureRows,
  features: readonly string[] | FeatureSet,
): FeatureTable {
  const set = isNames(features) ? { features } : features
  const program = compileFeatures(set, { symbols: [series.symbol], timeframe: series.timeframe })
  return computePanel(program, [series])[0]
}

const isNames = (features: readonly string[] | FeatureSet): features is readonly string[] => Array.isArray(features)

/**
 * Computes a program over several symbols' candles, aligned on one clock. A symbol without a candle at a tick has no row
 * there; cross-asset features are made of the symbols that have one.
 * @returns one table per `program.symbols`
 * @throws FeatureError `NO_CANDLES`, `WRONG_TIMEFRAME`, `MISSING_INPUT`, `RESERVED_INPUT`, `NON_FINITE_FEATURE`
 */
export function computePanel(program: FeatureProgram, panel: readonly FeatureRows[]): FeatureTable[] {
  const panelRun = new PanelRun(program, panel, chunkTicks(program))
  const { run } = panelRun
  const tables = program.symbols.map((symbol, s) => emptyTable(program, s, panel.find(rows => rows.symbol === symbol)!))
  while (panelRun.advance()) {
    tables.forEach((table, s) => {
      const axis = program.graph.axisOf(program.symbols[s]).index
      const { count } = run.rows[axis]
      if (count === 0) return
      const from = panelRun.rowAfter(axis - 1) - count
      table.volatility.set(run.columns[program.volatilityNodes[s]].subarray(0, count), from)
      table.observed.forEach((column, f) => {
        column.set(run.columns[program.observedNodes[s][f]].subarray(0, count), from)
      })
    })
  }
  for (const table of tables) settle(table)
  return tables
}

const chunkTicks = ({ graph }: FeatureProgram): number =>
  Math.max(SHORTEST_CHUNK, Math.min(LONGEST_CHUNK, Math.floor(CHUNK_VALUES / graph.nodes.length)))

function emptyTable(program: FeatureProgram, s: number, series: FeatureRows): FeatureTable {
  const column = () => new Float64Array(series.length).fill(Number.NaN)
  const [observed, known] = [program.observed[s], program.known[s]]
  return {
    series,
    volatility: column(),
    observed: observed.map(column),
    observedNames: observed.map(feature => feature.name),
    observedFeatures: observed,
    knownNames: known.map(feature => feature.name),
    knownFeatures: known,
    warmupCandles: program.warmupCandles,
  }
}

/** Takes back the values of the warm-up, and refuses what is no number. */
function settle({ series, volatility, observed, observedFeatures }: FeatureTable): void {
  volatility.fill(Number.NaN, 0, SETTLING_CANDLES)
  observed.forEach((column, f) => {
    const { name, warmupCandles } = observedFeatures[f]
    column.fill(Number.NaN, 0, warmupCandles)
    for (let t = warmupCandles; t < column.length; t++) {
      if (column[t] === Number.POSITIVE_INFINITY || column[t] === Number.NEGATIVE_INFINITY) {
        throw nonFinite(series, t, name, column[t])
      }
    }
  })
}

export function nonFinite(
  series: { readonly symbol: string; readonly timeframe: string; readonly openTimeMs: ArrayLike<number> },
  index: number,
  feature: string,
  value: number,
): FeatureError {
  const openTimeMs = series.openTimeMs[index]
  return new FeatureError(
    'NON_FINITE_FEATURE',
    `${series.symbol} ${series.timeframe} ${formatTimeMs(openTimeMs)}: feature "${feature}" is ${value}, not a finite number. Look at the candles around that time.`,
    { symbol: series.symbol, openTimeMs, index, feature, value },
  )
}

/** A table's value at a candle, or why there is none. @throws FeatureError `UNKNOWN_FEATURE`, `INDEX_OUT_OF_RANGE` */
export function readFeature(table: FeatureTable, name: string, index: number): FeatureValue {
  const f = table.observedNames.indexOf(name)
  const value = f >= 0 ? table.observed[f][index] : valueAtTime(table, name, index)
  if (value === undefined) {
    throw new FeatureError(
      'INDEX_OUT_OF_RANGE',
      `${table.series.symbol}: there is no candle ${index} among ${table.series.length}.`,
      { symbol: table.series.symbol, index, length: table.series.length },
    )
  }
  if (!Number.isNaN(value)) return { kind: 'value', value }
  const warmupCandles = table.observedFeatures[f]?.warmupCandles ?? 0
  return index < warmupCandles
    ? { kind: 'none', reason: 'WARM_UP', candlesMissing: warmupCandles - index }
    : { kind: 'none', reason: 'NO_INPUT' }
}

function valueAtTime(table: FeatureTable, name: string, index: number): number | undefined {
  const feature = table.knownFeatures.find(known => known.name === name)
  if (!feature) {
    throw new FeatureError('UNKNOWN_FEATURE', `The table has no feature "${name}".`, { feature: name })
  }
  const openTimeMs = table.series.openTimeMs[index]
  return openTimeMs === undefined ? undefined : feature.at!(openTimeMs)
}
