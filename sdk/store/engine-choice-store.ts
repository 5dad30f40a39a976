import type { EngineCandidate, EngineKind, Workload } from '../engine.ts'
import { withDatabase } from './database.ts'

/** Which engines were the fastest for a bundle on a device, and what was measured. */
export interface RememberedChoice {
  readonly workloads: Readonly<Record<Workload, EngineKind>>
  readonly candidates: readonly EngineCandidate[]
  readonly measuredAtMs: number
}

/**
 * The choice kept under a key, or null.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function readEngineChoice(key: string): Promise<RememberedChoice | null> {
  return (await withDatabase('read', database => database.get('engineChoices', key))) ?? null
}

/** @throws ServiceError `CACHE_FAILED` */
export async function storeEngineChoice(key: string, choice: RememberedChoice): Promise<void> {
  await withDatabase('written', database => database.put('engineChoices', choice, key))
}
