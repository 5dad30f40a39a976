import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { ServiceError } from '../errors.ts'
import type { StoredFiles } from './bundle-store.ts'
import type { CandleBlock, StoredSeries } from './candle-store.ts'
import type { RememberedChoice } from './engine-choice-store.ts'

interface Database extends DBSchema {
  bundles: {
    /** URL of the bundle's folder. */
    key: string
    value: { readonly files: StoredFiles }
  }
  engineChoices: {
    /** Of bundle, device and package version. */
    key: string
    value: RememberedChoice
  }
  candleSeries: {
    key: [source: string, symbol: string, timeframe: string]
    value: StoredSeries
  }
  candleBlocks: {
    /** The series', and the opening time at which the block begins. */
    key: [source: string, symbol: string, timeframe: string, fromMs: number]
    value: CandleBlock
  }
}

const DATABASE = 'edgequant'
/** 1: bundles. 2: and engine choices. 3: and candles. */
const VERSION = 3

/** Browsers have let IndexedDB requests hang for ever; loading must not wait for them. */
const TIME_LIMIT_MS = 5_000

/**
 * Opens for one operation only: a connection left open would block another tab's newer version of this code.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function withDatabase<T>(
  doing: 'read' | 'written',
  use: (database: IDBPDatabase<Database>) => Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS)
  })
  const work = async () => {
    const database = await openDB<Database>(DATABASE, VERSION, {
      upgrade: (opened, oldVersion) => {
        if (oldVersion < 1) opened.createObjectStore('bundles')
        if (oldVersion < 2) opened.createObjectStore('engineChoices')
        if (oldVersion < 3) {
          opened.createObjectStore('candleSeries')
          opened.createObjectStore('candleBlocks')
        }
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
      `The cache in IndexedDB could not be ${doing}: ${why}. Everything works without it, by downloading and measuring again; private windows and full disks are usual causes.`,
      { database: DATABASE, cause: why },
    )
  } finally {
    clearTimeout(timer)
  }
}
