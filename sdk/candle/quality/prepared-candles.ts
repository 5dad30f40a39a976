import type { Timeframe } from '../../units.ts'
import { timeframeMs } from '../../units.ts'
import type { Candle } from '../candle.ts'
import { type CandleColumns, orderByTime, pickRows, placeTimes, toColumns } from './columns.ts'
import { type RowDefect, rowDefectOf } from './row-checks.ts'

export interface AssessCandlesOptions {
  /** Named in the findings' details. */
  readonly symbol: string
  readonly timeframe: Timeframe
  /** A candle that closes after this is still in progress; default: the present. */
  readonly nowMs?: number
}

/** What the checks look at: the rows as they came, and of them the series that can be judged as a market. */
export interface PreparedCandles {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly stepMs: number
  readonly nowMs: number
  readonly columns: CandleColumns
  /** Per row, see `placeTimes`. */
  readonly timesMs: Float64Array
  /** Every row, by time. */
  readonly order: readonly number[]
  /** Per row: what is impossible about its values, or null. */
  readonly defects: readonly (RowDefect | null)[]
  /** Sound, closed rows by time, each time once: of several the last that came. */
  readonly series: CandleColumns
}

export const isMisaligned = (timeMs: number, stepMs: number): boolean => timeMs % stepMs !== 0

export function prepareCandles(candles: readonly Candle[], o: AssessCandlesOptions): PreparedCandles {
  const stepMs = timeframeMs(o.timeframe)
  const nowMs = o.nowMs ?? Date.now()
  const columns = toColumns(candles)
  const timesMs = placeTimes(columns, stepMs)
  const order = orderByTime(timesMs)
  const defects = order.map((_, row) => rowDefectOf(columns, row))
  const sound = order.filter(
    row => defects[row] === null && !isMisaligned(timesMs[row], stepMs) && timesMs[row] + stepMs <= nowMs,
  )
  const newest = sound.filter((row, i) => timesMs[row] !== timesMs[sound[i + 1]])
  return {
    symbol: o.symbol,
    timeframe: o.timeframe,
    stepMs,
    nowMs,
    columns,
    timesMs,
    order,
    defects,
    series: pickRows(columns, newest),
  }
}
