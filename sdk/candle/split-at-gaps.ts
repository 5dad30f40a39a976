import { type Timeframe, timeframeMs } from '../units.ts'
import type { Candle } from './candle.ts'

/**
 * Cuts candles where one or more are missing. Each piece is contiguous; unordered or duplicate candles stay where they
 * are, so that validation names them.
 */
export function splitAtGaps(candles: readonly Candle[], timeframe: Timeframe): Candle[][] {
  const stepMs = timeframeMs(timeframe)
  const pieces: Candle[][] = []
  let previous: Candle | undefined
  for (const candle of candles) {
    if (previous === undefined || candle.openTimeMs - previous.openTimeMs > stepMs) pieces.push([candle])
    else pieces[pieces.length - 1].push(candle)
    previous = candle
  }
  return pieces
}
