import { FeatureError } from '../errors.ts'
import { EVERYDAY_FAMILIES } from './family/everyday-families.ts'
import { SPECIAL_FAMILIES } from './family/special-families.ts'
import type { FeatureFamily } from './feature.ts'
import { addedFamilies, duplicateFamily } from './register-feature.ts'

/**
 * Every family of features that comes with EdgeQuant. A new one is a file in its group's folder and a line in the group's
 * list; the contract tests and the documentation cover whatever is listed.
 */
export const FAMILIES: readonly FeatureFamily[] = [...EVERYDAY_FAMILIES, ...SPECIAL_FAMILIES]

const builtIn = new Map(FAMILIES.map(family => [family.name, family]))

/** Adds families that come with EdgeQuant but not with this copy of its code: the packaged worker loads them later. */
export function addBuiltIn(families: readonly FeatureFamily[]): void {
  for (const family of families) builtIn.set(family.name, family)
}

/** Every family, those that were added last. */
export const registeredFamilies = (): FeatureFamily[] => [...builtIn.values(), ...addedFamilies.values()]

/** Whether a family of this name is there. */
export const hasFamily = (name: string): boolean => builtIn.has(name) || addedFamilies.has(name)

/** @throws FeatureError `UNKNOWN_FEATURE`, `DUPLICATE_FAMILY` where one was added with the name of another */
export function findFamily(name: string): FeatureFamily {
  const added = addedFamilies.get(name)
  const family = builtIn.get(name)
  if (added && family) throw duplicateFamily(name)
  const found = added ?? family
  if (found) return found
  throw new FeatureError(
    'UNKNOWN_FEATURE',
    `There is no feature "${name}". There are: ${[...builtIn.keys(), ...addedFamilies.keys()].join(', ')}.`,
    { feature: name },
  )
}
