import type { SeriesCheck } from './series-finding.ts'

/** What each check finds, in a sentence for reports; the checks themselves have the reasons. */
export const CHECK_TEXTS: Readonly<Record<SeriesCheck, string>> = {
  missingValue: 'A value that is missing, NaN or infinite.',
  nonPositivePrice: 'A price of 0 or less.',
  negativeVolume: 'A volume below 0.',
  ohlcOrder: 'A high below, or a low above, another price of the candle.',
  misalignedTime: 'An opening time that is no multiple of the timeframe.',
  wrongTimeframe: 'Candles of a longer timeframe: rows are usually two timeframes or more apart.',
  timeOrder: 'Rows that stand after later ones.',
  conflictingTime: 'A time that comes again with other values: one of the rows is false, or belongs to another symbol.',
  duplicateTime: 'A time that comes again with the same values.',
  inProgress: 'A candle that has not closed yet.',
  closeStamped:
    'Times of the close: candles of up to 5 minutes whose volume peaks one candle after the full hour, 4 standard deviations sure.',
  assetChange: 'After a hole of a day or more the price goes on 10 times higher or lower: another asset.',
  gap: 'Missing rows. Of other kinds than candles, against the usual interval nearby.',
  zeroVolume: 'A candle without any trade.',
  stalePrice: '6 traded candles or more with the same four prices, or 3 with the same volume, too.',
  priceOutlier:
    'A log return 20 robust deviations (1.4826 · MAD of 360 candles around) from the median, or 10 that the next candle takes back.',
  rangeOutlier: 'High and low 4 interquartile ranges further apart than usual, by logarithm.',
  volumeOutlier: 'A volume 4 interquartile ranges above or below the usual, by logarithm.',
  outOfRange: 'A value beyond the limits of its kind.',
  crossedBook: 'A best bid that is not below the best ask.',
  inconsistentBook: 'Levels out of order, or a mid price, depth or imbalance that does not follow from them.',
  constantRun: '9 rows or more with the same value that is not where the rate usually rests.',
  valueOutlier: 'A value 20 robust deviations from the 360 rows around it.',
}
