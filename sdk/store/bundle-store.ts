import { withDatabase } from './database.ts'

/** One verified file of a bundle. */
export interface StoredFile {
  readonly sha256: string
  readonly bytes: Uint8Array
}

/** By name. */
export type StoredFiles = ReadonlyMap<string, StoredFile>

/**
 * What is kept of a bundle; empty when nothing is.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function readStoredBundle(url: string): Promise<StoredFiles> {
  const entry = await withDatabase('read', database => database.get('bundles', url))
  return entry?.files ?? new Map()
}

/**
 * Keeps the files of a bundle, all or none, in place of what was kept for this URL. Two tabs that load the same bundle
 * write the same; the last one wins.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function storeBundle(url: string, files: StoredFiles): Promise<void> {
  await withDatabase('written', database => database.put('bundles', { files }, url))
}
