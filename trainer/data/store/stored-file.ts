import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeFileAtomically } from '../../registry/write-file-atomically.ts'
import { folderEntries } from './folder-entries.ts'
import { StoreError } from './store-error.ts'
import { whileWriting } from './write-failure.ts'

/**
 * A file of a store. It is never altered: what is newer comes in another file. Its name tells its place in the order of
 * writing and the checksum of its bytes: `part-0000000000065537-1a2b3c4d.parquet`.
 */
export interface StoredFile {
  readonly path: string
  readonly name: string
  /** Rises from write to write. Exact in a double. */
  readonly sequence: number
}

const NAME = /^(?<stem>[a-z]+)-(?<sequence>\d{16})-(?<checksum>[0-9a-f]{8})\.[a-z]+$/

/** Two writers at once take the same turn; these low bits tell their files apart, and never again the other way round. */
const WRITERS = 2 ** 16

/** The sequence that follows those of `files`, so many turns later. */
export function nextSequence(files: readonly StoredFile[], turns = 1): number {
  const newest = files.reduce((max, file) => Math.max(max, file.sequence), 0)
  return (Math.floor(newest / WRITERS) + turns) * WRITERS + randomInt(WRITERS)
}

export interface NewFile {
  readonly folder: string
  readonly stem: string
  readonly extension: string
  readonly sequence: number
  readonly bytes: Uint8Array
}

/**
 * Writes a file, whole or not at all.
 * @throws StoreError `WRITE_FAILED`
 */
export async function writeStoredFile({ folder, stem, extension, sequence, bytes }: NewFile): Promise<StoredFile> {
  const name = `${stem}-${String(sequence).padStart(16, '0')}-${checksum(bytes)}.${extension}`
  const path = join(folder, name)
  await whileWriting(path, `${bytes.length} bytes`, () => writeFileAtomically(path, bytes))
  return { path, name, sequence }
}

const checksum = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0')

/**
 * The files of this stem in a folder, in the order of writing; none where there is no folder. A folder that is read while
 * one file takes the place of others may show neither, so it is read until it looks the same twice.
 */
export async function listStoredFiles(folder: string, stem: string): Promise<StoredFile[]> {
  let names = await namesIn(folder)
  for (;;) {
    const again = await namesIn(folder)
    if (again.join() === names.join()) break
    names = again
  }
  const files: StoredFile[] = []
  for (const name of names) {
    const groups = NAME.exec(name)?.groups
    if (groups?.stem === stem) files.push({ path: join(folder, name), name, sequence: Number(groups.sequence) })
  }
  return files
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await folderEntries(folder)).map(entry => entry.name).sort()

/**
 * The bytes of a file.
 * @throws StoreError `CORRUPT_PART` where they are not those that were written
 */
export async function readStoredFile(file: StoredFile): Promise<Uint8Array> {
  const bytes = await readFile(file.path)
  const expected = NAME.exec(file.name)?.groups?.checksum
  const found = checksum(bytes)
  if (found !== expected) {
    throw damaged(file, `its ${bytes.length} bytes have the checksum ${found}; ${expected} was written`)
  }
  return bytes
}

export function damaged({ path, name }: StoredFile, what: string): StoreError {
  const remedy = name.startsWith('repairs-')
    ? 'Run trainer validate: it makes the repairs anew. The rows as they came are not concerned.'
    : 'Restore the file from a backup, or delete it: the times that it held are then missing again, and the next fetch or import brings them.'
  return new StoreError(
    'CORRUPT_PART',
    `${path} is damaged: ${what}. Everything else in the store stays readable. ${remedy}`,
    { path, what },
  )
}
