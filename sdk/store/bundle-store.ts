import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { ServiceError } from '../errors.ts'

/** One verified file of a bundle. */
export interface StoredFile {
  readonly sha256: string
  readonly bytes: Uint8Array
}

/** By name. */
export type StoredFiles = ReadonlyMap<string, StoredFile>

interface BundleDatabase extends DBSchema {
  bundles: {
    /** URL of the bundle's folder. */
    key: string
    value: { readonly files: StoredFiles }
  }
}

const DATABASE = 'edgequant'
const VERSION = 1

/** Browsers have let IndexedDB requests hang for ever; loading a model must not wait for them. */
const TIME_LIMIT_MS = 5_000

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

/** Opens for one operation only: a connection left open would block another tab's newer version of this code. */
async function withDatabase<T>(
  doing: 'read' | 'written',
  use: (database: IDBPDatabase<BundleDatabase>) => Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS)
  })
  const work = async () => {
    const database = await openDB<BundleDatabase>(DATABASE, VERSION, {
      upgrade: opened => {
        opened.createObjectStore('bundles')
      },
    })
    try {
      return await use(database)
    } finally {
      database.close()
    }
  }
  try {
    return await Promise.race([work(), limit])
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    throw new ServiceError(
      'CACHE_FAILED',
      `The bundle cache in IndexedDB could not be ${doing}: ${why}. Models load without it, by downloading again; private windows and full disks are usual causes.`,
      { database: DATABASE, cause: why },
    )
  } finally {
    clearTimeout(timer)
  }
}
