import { formatTimeMs } from '../../units.ts'
import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'
import { longerSpacing } from './timeframe-check.ts'

/**
 * Every stretch of missing candles between the first and the last row, with its length. No threshold. A row that is there
 * but unusable is reported for what is wrong with it, and is no gap as well. A misaligned row takes the place that it is
 * nearest to. Candles of a longer timeframe have no gaps, they are `wrongTimeframe`.
 */
export function findGaps(candles: PreparedCandles): Finding[] {
  const { order, timesMs, stepMs, nowMs } = candles
  if (longerSpacing(candles) !== null) return []
  const findings: Finding[] = []
  let before: number | null = null
  for (const row of order) {
    // a candle of tomorrow is wrong in itself, and no proof of a gap until then
    if (timesMs[row] + stepMs > nowMs) break
    const place = Math.round(timesMs[row] / stepMs)
    const missing: number = before === null ? 0 : place - before - 1
    if (before !== null && missing > 0) {
      const range = { fromMs: (before + 1) * stepMs, toMs: place * stepMs }
      const which =
        missing === 1
          ? `the candle ${formatTimeMs(range.fromMs)} is missing`
          : `${missing.toLocaleString('en-US')} candles are missing, ${formatTimeMs(range.fromMs)} to ${formatTimeMs(range.toMs - stepMs)}`
      findings.push(
        makeFinding('gap', candles, { range, rows: missing, text: `${which[0].toUpperCase()}${which.slice(1)}.` }),
      )
    }
    before = place
  }
  return findings
}
