import { CandleError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import type { Candle } from './candle.ts'
import { type ValidateCandlesOptions, validateCandles } from './validate-candles.ts'

/**
 * Checks that a candle continues a series whose newest candle has been checked.
 * @throws CandleError `CANDLE_CORRECTED` for another version of the newest candle; else as `validateCandles`
 */
export function validateNextCandle(newest: Candle, candle: Candle, o: ValidateCandlesOptions): void {
  if (candle?.openTimeMs === newest.openTimeMs) {
    throw new CandleError(
      'CANDLE_CORRECTED',
      `${o.symbol} ${o.timeframe} candle ${formatTimeMs(candle.openTimeMs)} has been forecast at already, and later ones build on it. To correct it, follow the symbol anew with the corrected candles.`,
      { symbol: o.symbol, timeframe: o.timeframe, openTimeMs: candle.openTimeMs },
    )
  }
  validateCandles([newest, candle], o)
}
