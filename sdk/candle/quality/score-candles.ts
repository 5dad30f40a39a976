import type { Candle } from '../candle.ts'
import { isTime } from './columns.ts'
import type { CandleCheck, Finding } from './finding.ts'
import { type PeriodScore, scorePeriods } from './score-periods.ts'

/**
 * What a hundredth of a month's candles costs. 4: lost for training, so that a month with a quarter of its candles lost
 * scores 0. 2: there, but says nothing. 1: mended without loss. ½: unlikely, mostly true.
 */
export const CANDLE_WEIGHTS: Readonly<Record<CandleCheck, number>> = {
  missingValue: 4,
  nonPositivePrice: 4,
  negativeVolume: 4,
  ohlcOrder: 4,
  misalignedTime: 4,
  wrongTimeframe: 4,
  conflictingTime: 4,
  gap: 4,
  zeroVolume: 2,
  stalePrice: 2,
  timeOrder: 1,
  duplicateTime: 1,
  inProgress: 1,
  // concerns every row: the whole series scores 0
  closeStamped: 1,
  priceOutlier: 0.5,
  rangeOutlier: 0.5,
  volumeOutlier: 0.5,
  // a month that holds two assets is worth nothing, however few its rows
  assetChange: Number.POSITIVE_INFINITY,
}

/**
 * Scores each UTC month from the first to the last candle, 100 where nothing was found; see `scorePeriods` for the formula.
 * The weights: 4 for rows that are lost, 2 for rows that say nothing, 1 for what is mended without loss, ½ for outliers;
 * an asset change takes all.
 * @param findings What `assessCandles` found in these candles.
 */
export const scoreMonths = (candles: readonly Candle[], findings: readonly Finding[]): PeriodScore<CandleCheck>[] =>
  scorePeriods({ timesMs: closedTimes(candles, findings), findings, weights: CANDLE_WEIGHTS, by: 'month' })

/** As `scoreMonths`, by UTC day. */
export const scoreDays = (candles: readonly Candle[], findings: readonly Finding[]): PeriodScore<CandleCheck>[] =>
  scorePeriods({ timesMs: closedTimes(candles, findings), findings, weights: CANDLE_WEIGHTS, by: 'day' })

/** Each opening time once. A candle of tomorrow must not make the days until then look empty. */
function closedTimes(candles: readonly Candle[], findings: readonly Finding[]): Set<number> {
  const futureMs = Math.min(...findings.filter(f => f.check === 'inProgress').map(f => f.range.fromMs))
  const timesMs = new Set<number>()
  for (const candle of candles) {
    const timeMs = (candle as Candle | null)?.openTimeMs
    if (isTime(timeMs) && !(timeMs >= futureMs)) timesMs.add(timeMs)
  }
  return timesMs
}
