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

/** The rows whose candles opened at `fromMs … toMs`, both included; perhaps none. */
export function rowsWithin(rows: FeatureRows, fromMs: number, toMs: number): FeatureRows {
  const from = rows.openTimeMs.findIndex(time => time >= fromMs)
  const after = rows.openTimeMs.findIndex(time => time > toMs)
  const to = after < 0 ? rows.length : after
  return from < 0 || from >= to ? noRows(rows) : sliceRows(rows, from, to)
}

/** A symbol before its first candle: features that look at it have no value. */
function noRows({ symbol, timeframe, inputs = {} }: FeatureRows): FeatureRows {
  const none = new Float64Array(0)
  return {
    symbol,
    timeframe,
    length: 0,
    ...{ openTimeMs: none, open: none, high: none, low: none, close: none, volume: none },
    inputs: Object.fromEntries(Object.keys(inputs).map(name => [name, none])),
  }
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
