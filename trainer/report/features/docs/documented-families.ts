import { loadPublishedIndicators, publishedFamilies } from '../../../../sdk/feature/published-indicators.ts'
import { FAMILIES } from '../../../../sdk/feature/registry.ts'
import type { DocumentedFamily } from './render-docs.ts'

/** Every family that comes with EdgeQuant, in the registry's order, then those of the package trading-signals, which it registers. */
export async function documentedFamilies(): Promise<DocumentedFamily[]> {
  await loadPublishedIndicators()
  const published = await publishedFamilies()
  return [...FAMILIES.map(family => ({ family })), ...published.map(family => ({ family, package: 'trading-signals' }))]
}
