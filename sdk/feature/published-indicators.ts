import { FeatureError } from '../errors.ts'
import type { FeatureFamily } from './feature.ts'
import { registerFeature } from './register-feature.ts'
import { registeredFamilies } from './registry.ts'

/**
 * Registers features made of the package trading-signals, an optional one. A worker has a registry of its own: call it
 * there too.
 * @throws FeatureError `TRADING_SIGNALS_MISSING`, `DUPLICATE_FAMILY`
 */
export async function loadPublishedIndicators(): Promise<void> {
  const registered = new Set(registeredFamilies())
  for (const family of await importFamilies()) if (!registered.has(family)) registerFeature(family)
}

async function importFamilies(): Promise<readonly FeatureFamily[]> {
  try {
    return (await import('./family/indicator/trading-signals.ts')).tradingSignals
  } catch (error) {
    const cause = (error as Error).message
    throw new FeatureError(
      'TRADING_SIGNALS_MISSING',
      `These indicators are computed by the package trading-signals, which could not be loaded (${cause}). Install it: npm install trading-signals`,
      { cause },
    )
  }
}
