import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SourceError } from '../../../sdk/errors.ts'
import { fileError } from './file-error.ts'
import { zipEntryBytes } from './zip-entry.ts'

const CHUNK_BYTES = 1 << 20

export interface FileBytes {
  /** What is in the file, decompressed. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Whether its end is known to be there: compressed files say how long they are. */
  readonly checked: boolean
  /** Of the file in an archive; null where there is no archive. */
  readonly entry: string | null
}

/**
 * A file's content, decompressed as it is read: gzip, zip (of one entry) or plain, as its first bytes say.
 * @throws SourceError `NO_SUCH_FILE`, `CORRUPT_ZIP`; while it is read, also `CORRUPT_GZIP`
 */
export async function openFileBytes(path: string): Promise<FileBytes> {
  const head = await firstBytes(path)
  if (head[0] === 0x1f && head[1] === 0x8b) return { chunks: gunzip(path), checked: true, entry: null }
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const { bytes, name } = await zipEntryBytes(path, CHUNK_BYTES)
    return { chunks: bytes, checked: true, entry: name }
  }
  return { chunks: createReadStream(path, { highWaterMark: CHUNK_BYTES }), checked: false, entry: null }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw fileError('NO_SUCH_FILE', { path }, `cannot be read (${code}). Give a file that exists and may be read.`)
  }
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES })
  file.on('error', error => unzip.destroy(error))
  try {
    yield* file.pipe(unzip) as Readable & AsyncIterable<Uint8Array>
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw fileError(
      'CORRUPT_GZIP',
      { path },
      `cannot be decompressed (${(error as Error).message}). The file is truncated or altered; get it again.`,
    )
  } finally {
    file.destroy()
  }
}
