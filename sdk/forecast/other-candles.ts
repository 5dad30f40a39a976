import { CandleError } from '../errors.ts'
import { checkCandle } from '../feature/check-rows.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import { formatTimeMs, type Timeframe } from '../units.ts'

/** Other symbols' candles of the same time, by symbol, for cross-asset features; a symbol left out has none. */
export type OtherCandles = Readonly<Record<string, StreamRow>>

/** @throws CandleError `MISALIGNED_TIME`, `BAD_VALUE` */
export function checkOthers(
  others: OtherCandles,
  { symbol, timeframe, openTimeMs }: { symbol: string; timeframe: Timeframe; openTimeMs: number },
): void {
  for (const [other, candle] of Object.entries(others)) {
    if (candle.openTimeMs !== openTimeMs) {
      throw new CandleError(
        'MISALIGNED_TIME',
        `${other} ${timeframe}: the candle pushed with ${symbol}'s of ${formatTimeMs(openTimeMs)} opened at ${formatTimeMs(candle.openTimeMs)}. Push candles of the same time, and leave out symbols that have none.`,
        { symbol: other, openTimeMs: candle.openTimeMs, expected: openTimeMs },
      )
    }
    checkCandle(candle, other, timeframe)
  }
}
