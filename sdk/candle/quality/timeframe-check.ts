import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'
import { nameOfSpacing, spacingBeyond } from './usual-spacing.ts'

/** The usual spacing of candles of a longer timeframe than they are said to be of, see `spacingBeyond`; else null. */
export function longerSpacing({ order, timesMs, stepMs, nowMs }: PreparedCandles): number | null {
  const closed = order.filter(row => timesMs[row] + stepMs <= nowMs)
  return spacingBeyond(
    closed.map(row => timesMs[row]),
    stepMs,
  )
}

/**
 * Candles of a longer timeframe: from one to the next it is usually two timeframes or more. Filling the time between them
 * would make up most of a market. Those of a shorter timeframe are `misalignedTime`.
 */
export function findWrongTimeframe(candles: PreparedCandles): Finding[] {
  const spacingMs = longerSpacing(candles)
  if (spacingMs === null) return []
  const { order, timesMs, stepMs, timeframe } = candles
  const toMs = timesMs[order[order.length - 1]] + stepMs
  return [
    makeFinding('wrongTimeframe', candles, {
      range: { fromMs: timesMs[order[0]], toMs },
      rows: order.length,
      text: `The rows are usually ${(spacingMs / stepMs).toLocaleString('en-US')} candles of ${timeframe} apart: they are candles of ${nameOfSpacing(spacingMs)}, not of ${timeframe}.`,
      details: { spacingMs },
    }),
  ]
}
