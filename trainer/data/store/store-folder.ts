import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../../registry/write-file-atomically.ts'
import { folderEntries } from './folder-entries.ts'
import { StoreError } from './store-error.ts'
import { whileWriting } from './write-failure.ts'

/** Rises when a program of before could misread what is written. */
const FORMAT = 1

const DESCRIPTION = 'store.json'

/** What `writeFileAtomically` leaves behind when it is killed. */
const TEMPORARY = /\.[0-9a-f]{8}\.tmp$/

/** A file that another process is writing is never this old. */
const ABANDONED_AFTER_MS = 3_600_000

/** Of the system, not of anybody who keeps things in the folder. */
const OVERLOOKED = /^\.|^lost\+found$/

/**
 * Sees that a folder is a store, or can become one. Nothing is written.
 * @throws StoreError `NOT_A_STORE`, `STORE_TOO_NEW`
 */
export async function checkStoreFolder(folder: string): Promise<{ readonly isStore: boolean }> {
  const entries = await entriesOf(folder)
  if (entries.includes(DESCRIPTION)) {
    await checkDescription(folder)
    return { isStore: true }
  }
  const foreign = entries.find(name => !OVERLOOKED.test(name) && !TEMPORARY.test(name))
  if (foreign !== undefined) {
    throw notAStore(
      folder,
      `it holds "${foreign}" and no ${DESCRIPTION}. Name an empty folder, one that does not exist, or a store.`,
      { found: foreign },
    )
  }
  return { isStore: false }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw notAStore(
      folder,
      `it cannot be read as a folder (${message}). Name another one, or change its permissions.`,
      {
        cause: code,
      },
    )
  }
}

async function checkDescription(folder: string): Promise<void> {
  const path = join(folder, DESCRIPTION)
  let text = ''
  let format: unknown
  try {
    text = await readFile(path, 'utf8')
    format = (JSON.parse(text) as { format?: unknown } | null)?.format
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw notAStore(folder, `${path} cannot be read (${cause}). ${RESTORE}`, { path, cause })
  }
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    throw notAStore(folder, `${path} says ${text.trim().slice(0, 80)}; expected {"format":${FORMAT}}. ${RESTORE}`, {
      path,
    })
  }
  if (format > FORMAT) {
    throw new StoreError(
      'STORE_TOO_NEW',
      `The store ${folder} has format ${format}; this program reads up to ${FORMAT}. Update edgequant-trainer, or name another store.`,
      { folder, format, supported: FORMAT },
    )
  }
}

const RESTORE = 'Restore it from a backup, or name another store.'

const notAStore = (folder: string, what: string, details: Record<string, unknown>): StoreError =>
  new StoreError('NOT_A_STORE', `${folder} is not a market store: ${what}`, { folder, ...details })

/**
 * Makes the folder a store where it is none, and removes what killed processes have left in it.
 * @throws StoreError `NOT_A_STORE`, `STORE_TOO_NEW`, `WRITE_FAILED`
 */
export async function prepareStoreFolder(folder: string): Promise<void> {
  const { isStore } = await checkStoreFolder(folder)
  if (isStore) {
    await removeAbandoned(folder)
    return
  }
  const path = join(folder, DESCRIPTION)
  const text = `${JSON.stringify({ format: FORMAT, about: 'EdgeQuant market store, see docs/market-data.md' })}\n`
  await whileWriting(path, `${text.length} bytes`, () => writeFileAtomically(path, text))
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const entry of await folderEntries(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await removeAbandoned(path)
    else if (TEMPORARY.test(entry.name) && (await isAbandoned(path))) await rm(path, { force: true })
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS
}
