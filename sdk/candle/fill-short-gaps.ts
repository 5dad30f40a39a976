import { type Timeframe, timeframeMs } from '../units.ts'
import type { Candle } from './candle.ts'

/** A gap that was filled: the missing candles opened at `fromMs … toMs`, both included. */
export interface FilledGap {
  readonly fromMs: number
  readonly toMs: number
  /** How many candles were made up. */
  readonly candles: number
}

export interface FillShortGapsOptions {
  readonly timeframe: Timeframe
  /** Longer gaps are left as they are: made-up hours would teach a model a market that was not there. */
  readonly maxGapCandles: number
}

/** Candles missing between two neighbours; 0 where they touch, and where their order is not for a filler to judge. */
function missingBetween(before: Candle, after: Candle, stepMs: number): number {
  const missing = (after.openTimeMs - before.openTimeMs) / stepMs - 1
  return Number.isInteger(missing) && missing > 0 ? missing : 0
}

/**
 * Bridges short outages with flat candles: the previous close, volume 0. What was filled is returned, to be shown.
 * @param candles Oldest first; not yet validated.
 */
export function fillShortGaps(
  candles: readonly Candle[],
  o: FillShortGapsOptions,
): { candles: Candle[]; filled: FilledGap[] } {
  const stepMs = timeframeMs(o.timeframe)
  const result: Candle[] = []
  const filled: FilledGap[] = []
  for (const candle of candles) {
    const before = result.at(-1)
    const missing = before === undefined ? 0 : missingBetween(before, candle, stepMs)
    if (before !== undefined && missing > 0 && missing <= o.maxGapCandles) {
      const fromMs = before.openTimeMs + stepMs
      for (let i = 0; i < missing; i++) {
        const { close } = before
        result.push({ openTimeMs: fromMs + i * stepMs, open: close, high: close, low: close, close, volume: 0 })
      }
      filled.push({ fromMs, toMs: candle.openTimeMs - stepMs, candles: missing })
    }
    result.push(candle)
  }
  return { candles: result, filled }
}
