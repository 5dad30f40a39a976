import type { Candle } from '../candle.ts'
import { findAssetChanges } from './asset-change.ts'
import { findCloseStamps } from './close-stamped.ts'
import { CANDLE_CHECKS, type Finding } from './finding.ts'
import { findGaps } from './gaps.ts'
import { findStalePrices, findZeroVolume } from './idle-checks.ts'
import { findOutliers } from './outlier-checks.ts'
import { type AssessCandlesOptions, type PreparedCandles, prepareCandles } from './prepared-candles.ts'
import { findImpossibleRows } from './row-checks.ts'
import { findDuplicates, findInProgress, findMisalignedTimes, findTimeOrder } from './time-checks.ts'
import { findWrongTimeframe } from './timeframe-check.ts'

const CHECKS: readonly ((candles: PreparedCandles) => Finding[])[] = [
  findImpossibleRows,
  findMisalignedTimes,
  findWrongTimeframe,
  findTimeOrder,
  findDuplicates,
  findInProgress,
  findCloseStamps,
  findAssetChanges,
  findGaps,
  findZeroVolume,
  findStalePrices,
  findOutliers,
]

/**
 * Looks for everything of `CANDLE_CHECKS` in candles as they came: any order, doubled, with values missing. Nothing is
 * changed and nothing is thrown; neighbouring rows with the same defect are one finding.
 *
 * What is impossible is judged row by row. What is unlikely is judged on the sound rows in order of time, so that one
 * defect is not reported under several names.
 *
 * @returns In the order of `CANDLE_CHECKS`, then of time. Empty for candles without a defect, and for none.
 */
export function assessCandles(candles: readonly Candle[], o: AssessCandlesOptions): Finding[] {
  const prepared = prepareCandles(candles, o)
  return CHECKS.flatMap(find => find(prepared)).sort(
    (a, b) => CANDLE_CHECKS.indexOf(a.check) - CANDLE_CHECKS.indexOf(b.check) || a.range.fromMs - b.range.fromMs,
  )
}
