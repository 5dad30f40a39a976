import { FeatureError } from '../errors.ts'
import { body, wick } from './candle-shape.ts'
import { ewmaVolatility } from './ewma-volatility.ts'
import type { Feature } from './feature.ts'
import { parkinsonVolatility } from './parkinson-volatility.ts'
import { rangePosition } from './range-position.ts'
import { realisedVolatility } from './realised-volatility.ts'
import { normalisedReturn } from './return.ts'
import { semivariance } from './semivariance.ts'
import { timeOfWeek } from './time-of-week.ts'
import { volumeSurprise } from './volume-surprise.ts'

/**
 * Every feature a model may be built on. All are relative: absolute levels of price, volume or volatility change their
 * meaning over the years and were measured to hurt out of sample. A new feature is a file beside these and a line here;
 * the look-ahead test covers whatever is listed.
 */
export const FEATURES: readonly Feature[] = [
  ...[1, 3, 6, 24].map(normalisedReturn),
  ...[1, 6, 72, 168].map(realisedVolatility),
  ...[6, 96].map(ewmaVolatility),
  ...[1, 6, 24].map(parkinsonVolatility),
  volumeSurprise,
  body,
  wick,
  rangePosition,
  semivariance(12),
  ...timeOfWeek,
]

/** What a model uses unless its config says otherwise. */
export const DEFAULT_FEATURES: readonly string[] = [
  'return1',
  'return6',
  'return24',
  'realisedVolatility1',
  'realisedVolatility6',
  'realisedVolatility168',
  'ewmaVolatility6',
  'parkinson1',
  'parkinson6',
  'parkinson24',
  'volumeSurprise',
  'body',
  'wick',
  'rangePosition',
  'hourSin',
  'hourCos',
  'hour2Sin',
  'hour2Cos',
  'weekSin',
  'weekCos',
  'weekend',
]

const BY_NAME: ReadonlyMap<string, Feature> = new Map(FEATURES.map(feature => [feature.name, feature]))

/** @throws FeatureError `UNKNOWN_FEATURE` */
export function findFeature(name: string): Feature {
  const feature = BY_NAME.get(name)
  if (feature === undefined) {
    throw new FeatureError(
      'UNKNOWN_FEATURE',
      `There is no feature "${name}". Known features: ${[...BY_NAME.keys()].join(', ')}.`,
      { feature: name },
    )
  }
  return feature
}
