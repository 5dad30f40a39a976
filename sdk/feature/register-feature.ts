import { FeatureError } from '../errors.ts'
import type { FeatureFamily } from './feature.ts'

/** The same in every copy of this code: an app's worker script registers with one copy, and the worker computes with another. */
const REGISTERED = Symbol.for('edgequant.features')

const realm = globalThis as { [REGISTERED]?: Map<string, FeatureFamily> }

/** Families added in this page, worker or process, by name. */
export const addedFamilies: ReadonlyMap<string, FeatureFamily> = realm[REGISTERED] ?? new Map()
realm[REGISTERED] = addedFamilies as Map<string, FeatureFamily>

/**
 * Adds a family; from then on its features can be named in a feature set. A worker is a realm of its own: register there
 * too, in a worker script that imports `edgequant/worker`.
 * @throws FeatureError `DUPLICATE_FAMILY`, `BAD_FEATURE_NAME`
 */
export function registerFeature(family: FeatureFamily): void {
  if (!/^[a-z][A-Za-z0-9]*$/.test(family.name)) {
    throw new FeatureError('BAD_FEATURE_NAME', `A family cannot be named "${family.name}": expected camelCase.`, {
      feature: family.name,
    })
  }
  if (addedFamilies.has(family.name)) throw duplicateFamily(family.name)
  realm[REGISTERED]!.set(family.name, family)
}

export function duplicateFamily(name: string): FeatureError {
  return new FeatureError('DUPLICATE_FAMILY', `There is a family "${name}" already; choose another name.`, {
    feature: name,
  })
}
