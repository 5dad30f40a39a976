import { FeatureError } from '../sdk/errors.ts'
import type { FeatureFamily } from '../sdk/feature/feature.ts'
import { addedFamilies, registerFeature } from '../sdk/feature/register-feature.ts'
import { addBuiltIn, hasFamily } from '../sdk/feature/registry.ts'
import { resolveFeature } from '../sdk/feature/resolve-feature.ts'
import { loadPublishedIndicators, loadSpecialFeatures } from './parts.ts'

/**
 * Loads the families that a bundle's features name and the worker came without. What is unknown even then is reported by
 * whoever compiles the features.
 */
export async function knowFeatures(names: readonly string[]): Promise<void> {
  // families of the app may have names of ours that are not there yet, and must not take their place
  if (addedFamilies.size > 0 || !names.every(isKnown)) addBuiltIn((await loadSpecialFeatures()).SPECIAL_FAMILIES)
  if (!names.every(isKnown)) add((await loadPublishedIndicators()).TRADING_SIGNALS_FAMILIES)
}

function add(families: readonly FeatureFamily[]): void {
  for (const family of families) if (!hasFamily(family.name)) registerFeature(family)
}

function isKnown(name: string): boolean {
  try {
    resolveFeature(name)
    return true
  } catch (error) {
    return !(error instanceof FeatureError && error.code === 'UNKNOWN_FEATURE')
  }
}
