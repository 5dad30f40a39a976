import type { TimeRange } from '../time-ranges.ts'

/** What is looked for in candles. Each is described, with its thresholds, in docs/market-data.md. */
export const CANDLE_CHECKS = [
  // what no candle can be
  'missingValue',
  'nonPositivePrice',
  'negativeVolume',
  'ohlcOrder',
  'misalignedTime',
  'wrongTimeframe',
  'timeOrder',
  'conflictingTime',
  'duplicateTime',
  'inProgress',
  // what a series can be, but should not
  'closeStamped',
  'assetChange',
  'gap',
  'zeroVolume',
  'stalePrice',
  'priceOutlier',
  'rangeOutlier',
  'volumeOutlier',
] as const

export type CandleCheck = (typeof CANDLE_CHECKS)[number]

/** `error`: cannot be true, or would teach a model something false. `warning`: can be true, and should be looked at. */
export type Severity = 'error' | 'warning'

/** One defect: a row, or a stretch of rows with the same one. */
export interface Finding {
  readonly check: CandleCheck
  readonly severity: Severity
  /** Opening times concerned; for a gap, those that are missing. */
  readonly range: TimeRange
  /** Rows concerned; for a gap, those that are missing. */
  readonly rows: number
  /** One sentence that quotes values. */
  readonly text: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * What is done about a finding. `reject`: the candles are not used, with an error that names the finding. `repair`: mended
 * where that is possible, marked in the data and recorded; otherwise noted. `warn`: noted.
 */
export type QualityAction = 'reject' | 'repair' | 'warn'

export type QualityPolicy = Readonly<Record<CandleCheck, QualityAction>>
