import { FeatureError } from '../errors.ts'
import { bookFamilies } from './family/book/families.ts'
import { calendarFamilies } from './family/calendar/families.ts'
import { derivativeFamilies } from './family/derivative/families.ts'
import { indicatorFamilies } from './family/indicator/families.ts'
import { liquidationFamilies } from './family/liquidation/families.ts'
import { macroFamilies } from './family/macro/families.ts'
import { marketFamilies } from './family/market/families.ts'
import { momentFamilies } from './family/moment/families.ts'
import { regimeFamilies } from './family/regime/families.ts'
import { returnFamilies } from './family/return/families.ts'
import { seasonalityFamilies } from './family/seasonality/families.ts'
import { shapeFamilies } from './family/shape/families.ts'
import { staticFamilies } from './family/static/families.ts'
import { transformFamilies } from './family/transform/families.ts'
import { volatilityFamilies } from './family/volatility/families.ts'
import { volumeFamilies } from './family/volume/families.ts'
import type { FeatureFamily } from './feature.ts'

/**
 * Every family of features that comes with EdgeQuant. A new one is a file in its group's folder and a line in
 * the group's list; the tests of
 * look-ahead, streams and the documentation cover whatever is listed.
 */
export const FAMILIES: readonly FeatureFamily[] = [
  ...returnFamilies,
  ...shapeFamilies,
  ...volatilityFamilies,
  ...volumeFamilies,
  ...indicatorFamilies,
  ...momentFamilies,
  ...marketFamilies,
  ...seasonalityFamilies,
  ...calendarFamilies,
  ...bookFamilies,
  ...derivativeFamilies,
  ...liquidationFamilies,
  ...macroFamilies,
  ...regimeFamilies,
  ...transformFamilies,
  ...staticFamilies,
]

const byName = new Map(FAMILIES.map(family => [family.name, family]))

/**
 * Adds an app's own family; from then on its features can be named in a feature set. A worker has a registry of its own:
 * register there too.
 * @throws FeatureError `DUPLICATE_FAMILY`, `BAD_FEATURE_NAME`
 */
export function registerFeature(family: FeatureFamily): void {
  if (!/^[a-z][A-Za-z0-9]*$/.test(family.name)) {
    throw new FeatureError('BAD_FEATURE_NAME', `A family cannot be named "${family.name}": expected camelCase.`, {
      feature: family.name,
    })
  }
  if (byName.has(family.name)) {
    throw new FeatureError('DUPLICATE_FAMILY', `There is a family "${family.name}" already; choose another name.`, {
      feature: family.name,
    })
  }
  byName.set(family.name, family)
}

/** Every family, those that were registered last. */
export const registeredFamilies = (): FeatureFamily[] => [...byName.values()]

/** @throws FeatureError `UNKNOWN_FEATURE` */
export function findFamily(name: string): FeatureFamily {
  const family = byName.get(name)
  if (family) return family
  throw new FeatureError(
    'UNKNOWN_FEATURE',
    `There is no feature "${name}". There are: ${[...byName.keys()].join(', ')}.`,
    { feature: name },
  )
}
