import { sliceSeries } from '../candle/series.ts'
import { timeframeMs } from '../units.ts'
import type { FeatureRows } from './feature-table.ts'

/** The rows `from … to` (exclusive), as views on the same memory. @throws CandleError `BAD_RANGE` */
export function sliceRows(rows: FeatureRows, from: number, to: number): FeatureRows {
  const series = sliceSeries(rows, from, to)
  if (!rows.inputs) return series
  const inputs = Object.entries(rows.inputs).map(([name, column]) => [name, column.subarray(from, to)] as const)
  return { ...series, inputs: Object.fromEntries(inputs) }
}

/** The rows whose candles opened at `fromMs … toMs`, both included; null where there are none. */
export function rowsWithin(rows: FeatureRows, fromMs: number, toMs: number): FeatureRows | null {
  const from = rows.openTimeMs.findIndex(time => time >= fromMs)
  const after = rows.openTimeMs.findIndex(time => time > toMs)
  const to = after < 0 ? rows.length : after
  return from < 0 || from >= to ? null : sliceRows(rows, from, to)
}

/** The rows, cut where candles are missing. */
export function contiguousRows(rows: FeatureRows): FeatureRows[] {
  const stepMs = timeframeMs(rows.timeframe)
  const pieces: FeatureRows[] = []
  let from = 0
  for (let t = 1; t <= rows.length; t++) {
    if (t < rows.length && rows.openTimeMs[t] - rows.openTimeMs[t - 1] === stepMs) continue
    pieces.push(sliceRows(rows, from, t))
    from = t
  }
  return pieces
}
