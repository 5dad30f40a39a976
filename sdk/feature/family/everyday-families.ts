import type { FeatureFamily } from '../feature.ts'
import { calendarFamilies } from './calendar/families.ts'
import { returnFamilies } from './return/families.ts'
import { shapeFamilies } from './shape/families.ts'
import { staticFamilies } from './static/families.ts'
import { volatilityFamilies } from './volatility/families.ts'
import { volumeFamilies } from './volume/families.ts'

/** Of own candles and time alone: what the usual set is made of. They come with the worker. */
export const EVERYDAY_FAMILIES: readonly FeatureFamily[] = [
  ...returnFamilies,
  ...shapeFamilies,
  ...volatilityFamilies,
  ...volumeFamilies,
  ...calendarFamilies,
  ...staticFamilies,
]
