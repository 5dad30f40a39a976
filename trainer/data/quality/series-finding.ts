import { DEFAULT_QUALITY_POLICY } from '../../../sdk/candle/quality/default-policy.ts'
import { CANDLE_CHECKS, type Finding, type QualityAction } from '../../../sdk/candle/quality/finding.ts'

/** What is looked for in kinds other than candles. Names shared with candles mean the same. */
const TABLE_CHECKS = [
  // what no row can be
  'missingValue',
  'outOfRange',
  'timeOrder',
  'conflictingTime',
  'duplicateTime',
  'crossedBook',
  'inconsistentBook',
  // what a series can be, but should not
  'gap',
  'constantRun',
  'valueOutlier',
] as const

export type TableCheck = (typeof TABLE_CHECKS)[number]

/** Every check there is, each once. */
export const SERIES_CHECKS = [...new Set([...CANDLE_CHECKS, ...TABLE_CHECKS])]

export type SeriesCheck = (typeof SERIES_CHECKS)[number]

/** A finding in rows of any kind. */
export interface SeriesFinding extends Omit<Finding, 'check'> {
  readonly check: SeriesCheck
}

export type SeriesPolicy = Readonly<Record<SeriesCheck, QualityAction>>

/** As for candles; of order books, snapshots that cannot be true are left out, for there is a next one. */
export const DEFAULT_SERIES_POLICY: SeriesPolicy = {
  ...DEFAULT_QUALITY_POLICY,
  outOfRange: 'reject',
  crossedBook: 'repair',
  inconsistentBook: 'reject',
  constantRun: 'warn',
  valueOutlier: 'warn',
}

/** A quarter of a day of hours; longer gaps would have a model learn a market that was not there. */
export const DEFAULT_MAX_GAP_CANDLES = 6
