import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { SourceError } from '../../../sdk/errors.ts'
import { fileError } from './file-error.ts'

/** Of the end record: its comment's length stands in its last two bytes. */
const END_BYTES = 22
const MOST_COMMENT_BYTES = 0xffff
const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const LOCAL_BYTES = 30
const STORED = 0
const DEFLATED = 8
/** Stands where the real figure is in an extension for large archives. */
const ELSEWHERE = 0xffffffff

interface Entry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly compressedBytes: number
  readonly offset: number
}

export interface ZipEntry {
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * The name and the content of a zip file that holds one file, as it is decompressed; its CRC-32 is checked at the end.
 *
 * The list of files stands at a zip file's end, so that a truncated one is noticed before anything is read.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3
 * @throws SourceError `CORRUPT_ZIP`, `UNSUPPORTED_LAYOUT`; `CORRUPT_ZIP` also while it is read
 */
export async function zipEntryBytes(path: string, chunkBytes: number): Promise<ZipEntry> {
  const file = await open(path, 'r')
  try {
    const entry = await onlyEntry(file, path)
    const local = await read(file, entry.offset, LOCAL_BYTES)
    if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw corrupt(path, 'no file header')
    const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28)
    return { name: entry.name, bytes: inflate(path, entry, start, chunkBytes) }
  } finally {
    await file.close()
  }
}

async function onlyEntry(file: FileHandle, path: string): Promise<Entry> {
  const { size } = await file.stat()
  const tailStart = Math.max(0, size - END_BYTES - MOST_COMMENT_BYTES)
  const tail = await read(file, tailStart, size - tailStart)
  let end = tail.length - END_BYTES
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--
  if (end < 0) throw corrupt(path, 'the list of its files is missing at its end')
  const listStart = tail.readUInt32LE(end + 16)
  if (listStart === ELSEWHERE) throw corrupt(path, 'it is larger than 4 GB')
  const list = await read(file, listStart, tail.readUInt32LE(end + 12))
  const entries = listedEntries(list, path).filter(({ name }) => !name.endsWith('/'))
  if (entries.length !== 1) {
    const names = entries.map(({ name }) => name)
    throw fileError(
      'UNSUPPORTED_LAYOUT',
      { path },
      `the archive holds ${entries.length} files${names.length > 0 ? ` (${names.slice(0, 3).join(', ')})` : ''}; expected one. Unpack it and import its files.`,
    )
  }
  return entries[0]
}

function listedEntries(list: Buffer, path: string): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < list.length; ) {
    if (list.length - at < 46 || list.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw corrupt(path, 'the list of its files is damaged')
    }
    const nameBytes = list.readUInt16LE(at + 28)
    entries.push({
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      compressedBytes: list.readUInt32LE(at + 20),
      offset: list.readUInt32LE(at + 42),
      name: list.toString('utf8', at + 46, at + 46 + nameBytes),
    })
    at += 46 + nameBytes + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32)
  }
  return entries
}

async function* inflate(path: string, entry: Entry, start: number, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const { method, compressedBytes, name } = entry
  if (method !== STORED && method !== DEFLATED) {
    throw fileError(
      'UNSUPPORTED_LAYOUT',
      { path },
      `"${name}" is compressed by method ${method}; only 0 (stored) and 8 (deflated) can be read. Unpack it and import the file.`,
    )
  }
  const range = compressedBytes === ELSEWHERE || compressedBytes === 0 ? {} : { end: start + compressedBytes - 1 }
  const file = createReadStream(path, { start, ...range, highWaterMark: chunkBytes })
  const inflated = file.pipe(method === STORED ? passThrough() : createInflateRaw({ chunkSize: chunkBytes }))
  file.on('error', error => inflated.destroy(error))
  let crc = 0
  try {
    for await (const chunk of inflated as Readable & AsyncIterable<Buffer>) {
      crc = crc32(chunk, crc)
      yield chunk
    }
  } catch (error) {
    throw error instanceof SourceError ? error : corrupt(path, `"${name}": ${(error as Error).message}`)
  } finally {
    file.destroy()
  }
  if (crc !== entry.crc) {
    throw corrupt(path, `"${name}" has the CRC-32 ${crc.toString(16)}, not ${entry.crc.toString(16)} as listed`)
  }
}

const passThrough = () => new Transform({ transform: (chunk, _, done) => done(null, chunk) })

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

const corrupt = (path: string, why: string) =>
  fileError('CORRUPT_ZIP', { path }, `cannot be unpacked: ${why}. The file is truncated or altered; get it again.`)
