import { type Expression, parseExpression } from '../sdk/feature/expression.ts'
import { registerFeature } from '../sdk/feature/register-feature.ts'
import { hasFamily } from '../sdk/feature/registry.ts'
import { loadSpecialFeatures } from './parts.ts'

/**
 * Loads the families that a bundle's features name and the worker came without. What is unknown even then is reported by
 * whoever compiles the features.
 */
export async function knowFeatures(names: readonly string[]): Promise<void> {
  if (names.map(parseExpression).every(isKnown)) return
  const { SPECIAL_FAMILIES } = await loadSpecialFeatures()
  for (const family of SPECIAL_FAMILIES) if (!hasFamily(family.name)) registerFeature(family)
}

/** Arguments may be features, which begin with a small letter, or words, for which looking is no harm. */
const isKnown = ({ text, args }: Expression): boolean =>
  (!/^[a-z]/.test(text) || hasFamily(text)) && args.every(isKnown)
