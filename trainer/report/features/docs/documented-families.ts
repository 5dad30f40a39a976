import { FAMILIES } from '../../../../sdk/feature/registry.ts'
import type { DocumentedFamily } from './render-docs.ts'

/** Every family that comes with EdgeQuant, in the registry's order. */
export async function documentedFamilies(): Promise<DocumentedFamily[]> {
  return FAMILIES.map(family => ({ family }))
}
