import { MINUTE_MS, TIMEFRAMES } from '../../units.ts'

/** With fewer rows, holes may look like a spacing. */
const MIN_ROWS = 10

/**
 * Time from one row to the next that holds for more than half of them, or null where none does or the rows are too few to
 * tell. Where rows are missing at random, as exchanges leave out candles without trades, it stays one timeframe:
 * of the longer distances each is rarer than the shorter ones.
 * @param timesMs Ascending; a time that comes again counts once.
 */
function usualSpacing(timesMs: readonly number[]): number | null {
  const spacings: number[] = []
  for (let i = 1; i < timesMs.length; i++) if (timesMs[i] > timesMs[i - 1]) spacings.push(timesMs[i] - timesMs[i - 1])
  if (spacings.length + 1 < MIN_ROWS) return null
  const sorted = Float64Array.from(spacings).sort()
  // what holds for more than half is the median
  const median = sorted[sorted.length >> 1]
  return spacings.filter(spacing => spacing === median).length > spacings.length / 2 ? median : null
}

/** The usual spacing where it is two timeframes or more, so that these are candles of a longer one; else null. */
export function spacingBeyond(timesMs: readonly number[], stepMs: number): number | null {
  const spacing = usualSpacing(timesMs)
  return spacing !== null && spacing >= 2 * stepMs && spacing % stepMs === 0 ? spacing : null
}

/** `4h`, or `120 minutes` where there is no such timeframe. */
export const nameOfSpacing = (spacingMs: number): string =>
  Object.entries(TIMEFRAMES).find(([, ms]) => ms === spacingMs)?.[0] ?? `${spacingMs / MINUTE_MS} minutes`
