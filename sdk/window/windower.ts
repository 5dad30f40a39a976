import type { SeriesWindows, WindowBatch } from '../engine.ts'
import { FeatureError } from '../errors.ts'
import type { FeatureTable } from '../feature/feature-table.ts'
import { formatTimeMs, timeframeMs } from '../units.ts'
import type { KnownRows } from './known-rows.ts'
import { type Scaler, scale } from './scaler.ts'

/** A feature as a model uses it; a manifest's feature list is this and more. */
export interface ScaledFeature {
  readonly name: string
  readonly kind: 'observed' | 'known'
  readonly scaler: Scaler
}

export interface WindowerOptions {
  readonly table: FeatureTable
  /** The network's inputs in order: observed, then known; the same as the table's. */
  readonly features: readonly ScaledFeature[]
  /** Forecast horizons in candles: one decoder step each. */
  readonly horizons: readonly number[]
  /** Past steps. */
  readonly lookback: number
  /** The symbol's code in the manifest. */
  readonly symbolIndex: number
  /** Of the known features, kept from one short series to the next; a long one is quicker without. */
  readonly knownRows?: KnownRows
}

/** Cuts model inputs out of one series. An `index` is that of the newest closed candle in the window. */
export interface Windower {
  /** First index with a full window; above `lastIndex` when the series is too short for one. */
  readonly firstIndex: number
  readonly lastIndex: number
  /** Whether every feature has a value in every past step of the window at this index. */
  isComplete(index: number): boolean
  /** @throws FeatureError `INDEX_OUT_OF_RANGE`, `MISSING_VALUE` */
  batch(indices: ArrayLike<number>): WindowBatch
  /**
   * The windows `first … last`, both included, as one series, on the windower's own memory.
   * @throws FeatureError `INDEX_OUT_OF_RANGE`, `MISSING_VALUE`
   */
  series(first: number, last: number): SeriesWindows
  /** Opening times of the window's steps: the lookback, then the horizons. `[L + H]` */
  stepTimesMs(index: number): number[]
}

/**
 * Scales a series once, so that a window is a copy of neighbouring rows. Known features are computed from time alone: they
 * reach beyond the end of the series, where the horizons lie.
 *
 * @throws FeatureError `FEATURE_MISMATCH`
 */
export function createWindower(o: WindowerOptions): Windower {
  const { table, horizons, lookback } = o
  checkFeatures(o)
  const observedWidth = table.observedNames.length
  const knownWidth = table.knownNames.length
  const { length, symbol } = table.series
  const stepMs = timeframeMs(table.series.timeframe)
  const startTimeMs = table.series.openTimeMs[0]
  const timeAt = (index: number): number => startTimeMs + index * stepMs

  const observed = scaleObserved(o) // [T, Fo]
  const longest = Math.max(...horizons)
  const known = scaleKnown(o, length + longest, timeAt) // [T + max h, Fk]

  const incomplete = countIncomplete(table)
  const firstIndex = table.warmupCandles + lookback - 1
  const lastIndex = length - 1
  const isCompleteBetween = (from: number, to: number): boolean => incomplete[to + 1] === incomplete[from]

  const checkIndex = (index: number): void => {
    if (Number.isInteger(index) && index >= firstIndex && index <= lastIndex) return
    throw new FeatureError(
      'INDEX_OUT_OF_RANGE',
      `${symbol}: there is no window at candle ${index}; the series of ${length} candles has windows at ${firstIndex} … ${lastIndex} (warm-up ${table.warmupCandles}, lookback ${lookback}).`,
      { symbol, index, firstIndex, lastIndex },
    )
  }

  const checkComplete = (from: number, to: number): void => {
    if (!isCompleteBetween(from, to)) throw missingValue(table, from)
  }

  const observedRows = (from: number, to: number) => observed.subarray(from * observedWidth, to * observedWidth)
  const knownRows = (from: number, to: number) => known.subarray(from * knownWidth, to * knownWidth)

  return {
    firstIndex,
    lastIndex,
    isComplete: index => index >= firstIndex && index <= lastIndex && isCompleteBetween(index - lookback + 1, index),
    batch(indices) {
      const size = indices.length
      const steps = lookback + horizons.length
      const batch = {
        size,
        observed: new Float32Array(size * lookback * observedWidth), // [B, L, Fo]
        known: new Float32Array(size * steps * knownWidth), // [B, L + H, Fk]
        symbols: new Int32Array(size).fill(o.symbolIndex), // [B]
      }
      for (let b = 0; b < size; b++) {
        const index = indices[b]
        checkIndex(index)
        const from = index - lookback + 1
        checkComplete(from, index)
        batch.observed.set(observedRows(from, index + 1), b * lookback * observedWidth)
        batch.known.set(knownRows(from, index + 1), b * steps * knownWidth)
        horizons.forEach((h, k) => {
          const step = b * steps + lookback + k
          batch.known.set(knownRows(index + h, index + h + 1), step * knownWidth)
        })
      }
      return batch
    },
    series(first, last) {
      checkIndex(first)
      checkIndex(last)
      const from = first - lookback + 1
      checkComplete(from, last)
      return {
        symbol: o.symbolIndex,
        observed: observedRows(from, last + 1),
        known: knownRows(from, last + 1 + longest),
        horizons,
      }
    },
    stepTimesMs(index) {
      checkIndex(index)
      const past = Array.from({ length: lookback }, (_, i) => timeAt(index - lookback + 1 + i))
      return [...past, ...horizons.map(h => timeAt(index + h))]
    },
  }
}

// No window reaches back into the warm-up: its rows stay empty.

function scaleObserved({ table, features }: WindowerOptions): Float32Array {
  const width = table.observedNames.length
  const scaled = new Float32Array(table.series.length * width)
  table.observed.forEach((column, f) => {
    const { scaler } = features[f]
    for (let t = table.warmupCandles; t < column.length; t++) scaled[t * width + f] = scale(column[t], scaler)
  })
  return scaled
}

function scaleKnown(
  { table, features, knownRows }: WindowerOptions,
  rows: number,
  timeAt: (index: number) => number,
): Float32Array {
  const known = table.knownFeatures
  const scaled = new Float32Array(rows * known.length)
  if (knownRows) {
    for (let t = table.warmupCandles; t < rows; t++) scaled.set(knownRows.at(timeAt(t)), t * known.length)
    return scaled
  }
  known.forEach((feature, f) => {
    const { scaler } = features[table.observedNames.length + f]
    for (let t = table.warmupCandles; t < rows; t++)
      scaled[t * known.length + f] = scale(feature.at!(timeAt(t)), scaler)
  })
  return scaled
}

/** How many candles before each one lack the value of a feature that should have one by now. `[T + 1]` */
function countIncomplete({ observed, series, warmupCandles }: FeatureTable): Int32Array {
  const isMissing = new Uint8Array(series.length)
  for (const column of observed) {
    for (let t = warmupCandles; t < column.length; t++) if (Number.isNaN(column[t])) isMissing[t] = 1
  }
  const counts = new Int32Array(series.length + 1)
  for (let t = 0; t < series.length; t++) counts[t + 1] = counts[t] + isMissing[t]
  return counts
}

function missingValue({ series, observed, observedFeatures }: FeatureTable, from: number): FeatureError {
  const firstHoles = observed.map(column => column.findIndex((value, t) => t >= from && Number.isNaN(value)))
  const index = Math.min(...firstHoles.filter(t => t >= 0))
  const { name, inputs } = observedFeatures[firstHoles.indexOf(index)]
  const needs = inputs.length > 0 ? ` It needs ${inputs.map(i => `${i.input} of ${i.symbol}`).join(', ')}.` : ''
  return new FeatureError(
    'MISSING_VALUE',
    `${series.symbol} ${formatTimeMs(series.openTimeMs[index])}: feature "${name}" has no value there, so there is no forecast whose lookback holds that candle.${needs}`,
    { symbol: series.symbol, openTimeMs: series.openTimeMs[index], index, feature: name },
  )
}

function checkFeatures({ table, features }: WindowerOptions): void {
  const found = [
    ...table.observedNames.map(name => `${name} (observed)`),
    ...table.knownNames.map(name => `${name} (known)`),
  ].join(', ')
  const expected = features.map(({ name, kind }) => `${name} (${kind})`).join(', ')
  if (found !== expected) {
    throw new FeatureError(
      'FEATURE_MISMATCH',
      `${table.series.symbol}: the table has the features ${found}; the model expects ${expected}. Compute the model's own list, in its order.`,
      { symbol: table.series.symbol, expected, found },
    )
  }
}

/**
 * Several symbols' windows as one batch.
 * @throws FeatureError `EMPTY_BATCH`
 */
export function joinBatches(batches: readonly WindowBatch[]): WindowBatch {
  const size = batches.reduce((sum, batch) => sum + batch.size, 0)
  if (size === 0) {
    throw new FeatureError('EMPTY_BATCH', 'There are no windows to join; at least one is needed.', { batches: 0 })
  }
  const joined = {
    size,
    observed: new Float32Array(batches.reduce((sum, batch) => sum + batch.observed.length, 0)),
    known: new Float32Array(batches.reduce((sum, batch) => sum + batch.known.length, 0)),
    symbols: new Int32Array(size),
  }
  const at = { observed: 0, known: 0, symbols: 0 }
  for (const batch of batches) {
    for (const part of ['observed', 'known', 'symbols'] as const) {
      joined[part].set(batch[part], at[part])
      at[part] += batch[part].length
    }
  }
  return joined
}
