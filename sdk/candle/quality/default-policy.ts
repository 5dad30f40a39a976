import type { QualityPolicy } from './finding.ts'

/** Refuses what is impossible, mends what can be mended without guessing, and shows the rest. */
export const DEFAULT_QUALITY_POLICY: QualityPolicy = {
  missingValue: 'reject',
  nonPositivePrice: 'reject',
  negativeVolume: 'reject',
  ohlcOrder: 'reject',
  misalignedTime: 'reject',
  wrongTimeframe: 'reject',
  timeOrder: 'repair',
  // which of them is true cannot be told: often two symbols in one file
  conflictingTime: 'reject',
  duplicateTime: 'repair',
  inProgress: 'repair',
  closeStamped: 'reject',
  assetChange: 'repair',
  gap: 'repair',
  zeroVolume: 'warn',
  stalePrice: 'warn',
  priceOutlier: 'warn',
  rangeOutlier: 'warn',
  volumeOutlier: 'warn',
}
