import type { Candle, CandleSeries } from './candle.ts'
import { splitAtGaps } from './split-at-gaps.ts'
import { type ValidateCandlesOptions, validateCandles } from './validate-candles.ts'

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const

/**
 * Like `validateCandles`, but candles may be missing: for features, which count candles and bridge what is missing. What
 * needs a step for every candle's time (windows, backtests) takes contiguous series alone.
 * @throws CandleError
 */
export function validateRows(candles: readonly Candle[], o: ValidateCandlesOptions): CandleSeries {
  const pieces = splitAtGaps(candles, o.timeframe)
  if (pieces.length <= 1) return validateCandles(candles, o)
  const parts = pieces.map(piece => validateCandles(piece, o))
  const columns = COLUMNS.map(column => {
    const joined = new Float64Array(candles.length)
    let at = 0
    for (const part of parts) {
      joined.set(part[column], at)
      at += part.length
    }
    return [column, joined] as const
  })
  return {
    symbol: o.symbol,
    timeframe: o.timeframe,
    length: candles.length,
    ...(Object.fromEntries(columns) as Record<(typeof COLUMNS)[number], Float64Array>),
  }
}
