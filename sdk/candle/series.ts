import { CandleError } from '../errors.ts'
import type { Candle, CandleSeries } from './candle.ts'

/** A series as loose candles, for charts and files. */
export function toCandles(series: CandleSeries): Candle[] {
  return Array.from({ length: series.length }, (_, i) => ({
    openTimeMs: series.openTimeMs[i],
    open: series.open[i],
    high: series.high[i],
    low: series.low[i],
    close: series.close[i],
    volume: series.volume[i],
  }))
}

/**
 * The candles `from … to` (exclusive), as views on the same memory.
 * @throws CandleError `BAD_RANGE`
 */
export function sliceSeries(series: CandleSeries, from: number, to: number): CandleSeries {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > series.length || from >= to) {
    throw new CandleError(
      'BAD_RANGE',
      `${series.symbol} ${series.timeframe}: cannot slice candles ${from} to ${to} out of ${series.length}; expected 0 ≤ from < to ≤ ${series.length}.`,
      { symbol: series.symbol, timeframe: series.timeframe, from, to, length: series.length },
    )
  }
  return {
    symbol: series.symbol,
    timeframe: series.timeframe,
    length: to - from,
    openTimeMs: series.openTimeMs.subarray(from, to),
    open: series.open.subarray(from, to),
    high: series.high.subarray(from, to),
    low: series.low.subarray(from, to),
    close: series.close.subarray(from, to),
    volume: series.volume.subarray(from, to),
  }
}
