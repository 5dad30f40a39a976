import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SeriesKey } from '../market-store.ts'
import type { Duck } from './duck.ts'
import { PART, type Part, type PartReader } from './part.ts'
import { REPAIRS } from './repair-file.ts'
import { seriesPath } from './series-path.ts'
import { listStoredFiles, type StoredFile } from './stored-file.ts'

/** What reading and writing of all series of a store share. */
export interface StoreContext {
  /** Absolute path of the store. */
  readonly place: string
  readonly duck: Duck
  readonly reader: PartReader
}

/** The files that make up a series now. */
export interface SeriesFiles {
  /** In the order of writing. */
  readonly parts: readonly StoredFile[]
  /** The newest, which counts. */
  readonly repairs: StoredFile | null
}

export const partsFolder = ({ place }: StoreContext, key: SeriesKey): string => join(place, seriesPath(key))

/** Apart from the parts, so that other tools that read all files of a series find rows as they came. */
export const repairsFolder = ({ place }: StoreContext, key: SeriesKey): string => join(place, REPAIRS, seriesPath(key))

export async function listSeriesFiles(context: StoreContext, key: SeriesKey): Promise<SeriesFiles> {
  return {
    parts: await listStoredFiles(partsFolder(context, key), PART),
    repairs: (await listStoredFiles(repairsFolder(context, key), REPAIRS)).at(-1) ?? null,
  }
}

/** @throws StoreError `CORRUPT_PART`, for the first that is damaged */
export const openParts = ({ reader }: StoreContext, files: readonly StoredFile[]): Promise<Part[]> =>
  Promise.all(files.map(file => reader.open(file)))

export async function removeFiles({ reader }: StoreContext, files: readonly StoredFile[]): Promise<void> {
  for (const file of files) {
    await rm(file.path, { force: true })
    reader.forget(file)
  }
}

/** How often a read starts anew because a writer has merged the files that it was about to read. */
const ATTEMPTS = 20

/** Runs `use` with the files of some series, and again where others have taken their places meanwhile. */
export async function withFiles<T>(
  context: StoreContext,
  keys: readonly SeriesKey[],
  use: (files: readonly SeriesFiles[]) => Promise<T>,
): Promise<T> {
  const list = () => Promise.all(keys.map(key => listSeriesFiles(context, key)))
  for (let attempt = 1; ; attempt++) {
    const files = await list()
    try {
      return await use(files)
    } catch (error) {
      if (attempt === ATTEMPTS || namesOf(files) === namesOf(await list())) throw error
    }
  }
}

const namesOf = (files: readonly SeriesFiles[]): string =>
  files.map(({ parts, repairs }) => [repairs?.name, ...parts.map(part => part.name)].join()).join('\n')
