import type { Candle } from '../../sdk/candle/candle.ts'
import { KINDS, type Table } from './kind.ts'

type CandleColumn = keyof typeof KINDS.candle.columns

const COLUMNS = Object.keys(KINDS.candle.columns) as CandleColumn[]

/** Candles by column, as the kind `candle` of kind.ts has them. */
export function toTable(candles: readonly Candle[]): Table {
  const columns = Object.fromEntries(
    COLUMNS.map(column => [column, Float64Array.from(candles, candle => candle[column])]),
  )
  return { length: candles.length, columns }
}

/** A table of the kind `candle` as loose candles. */
export function toCandles(table: Table): Candle[] {
  const columns = table.columns as Readonly<Record<CandleColumn, Float64Array>>
  return Array.from({ length: table.length }, (_, i) => ({
    openTimeMs: columns.openTimeMs[i],
    open: columns.open[i],
    high: columns.high[i],
    low: columns.low[i],
    close: columns.close[i],
    volume: columns.volume[i],
  }))
}
