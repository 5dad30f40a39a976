import { FeatureError } from '../errors.ts'
import { tradingSignalsFamilies } from './family/indicator/trading-signals.ts'
import type { FeatureFamily } from './feature.ts'
import { registerFeature } from './register-feature.ts'
import { registeredFamilies } from './registry.ts'

/**
 * Registers features made of the package trading-signals, an optional one. A worker has a registry of its own; the packaged
 * one does this by itself.
 * @throws FeatureError `TRADING_SIGNALS_MISSING`, `DUPLICATE_FAMILY`
 */
export async function loadPublishedIndicators(): Promise<void> {
  const registered = new Set(registeredFamilies())
  for (const family of await publishedFamilies()) if (!registered.has(family)) registerFeature(family)
}

let families: readonly FeatureFamily[] | null = null

/** The same ones each time. @throws FeatureError `TRADING_SIGNALS_MISSING` */
export async function publishedFamilies(): Promise<readonly FeatureFamily[]> {
  families ??= tradingSignalsFamilies(await importPackage())
  return families
}

async function importPackage() {
  try {
    return await import('trading-signals')
  } catch (error) {
    const cause = (error as Error).message
    throw new FeatureError(
      'TRADING_SIGNALS_MISSING',
      `These indicators are computed by the package trading-signals, which could not be loaded (${cause}). Install it: npm install trading-signals`,
      { cause },
    )
  }
}
