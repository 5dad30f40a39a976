import type { Candle, CandleSeries } from './candle.ts'
import { sliceSeries } from './series.ts'

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const

/** The newest candles of a series that goes on, always as many. */
export class RollingCandles {
  readonly #series: CandleSeries

  /** @param count at most the length of the series */
  constructor(series: CandleSeries, count: number) {
    const newest = sliceSeries(series, series.length - count, series.length)
    const copies = Object.fromEntries(COLUMNS.map(column => [column, newest[column].slice()]))
    this.#series = { ...newest, ...copies }
  }

  /** Takes the next candle in for the oldest one. The series is on memory that the next call overwrites. */
  push(candle: Candle): CandleSeries {
    for (const column of COLUMNS) {
      const values = this.#series[column]
      values.copyWithin(0, 1)
      values[values.length - 1] = candle[column]
    }
    return this.#series
  }
}
