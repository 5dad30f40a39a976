import { type FileHandle, open } from 'node:fs/promises'
import { parquetMetadataAsync } from 'hyparquet'
import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
import { KINDS, type KindSchema, type Table, timeColumn } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { encodeParquet } from './encode-parquet.ts'
import { type PartDescription, parsePartMetadata, partMetadata } from './part-description.ts'
import { damaged, readStoredFile, type StoredFile, writeStoredFile } from './stored-file.ts'

/** Rows of a series with the times for which they are the last word, in one file: both are there, or neither. */
export interface Part extends StoredFile, PartDescription {
  readonly bytes: number
}

export const PART = 'part'

/** Column beside those of the kind: the write that a row comes from. Of rows with the same key, the highest counts. */
export const SEQUENCE = 'sequence'

/** Enough for the metadata of most files at one go. */
const TAIL_BYTES = 32_768

export interface NewPart {
  readonly folder: string
  readonly key: SeriesKey
  /** Sorted, each key once. */
  readonly rows: Table
  /** Per row. */
  readonly sequences: Float64Array
  readonly complete: readonly TimeRange[]
  /** Of the part: the highest of its rows. */
  readonly sequence: number
}

/** @throws StoreError `WRITE_FAILED` */
export function writePart({ folder, key, rows, sequences, complete, sequence }: NewPart): Promise<StoredFile> {
  const schema: KindSchema = KINDS[key.kind]
  const times = rows.columns[timeColumn(key.kind)] as Float64Array
  const bytes = encodeParquet(
    [
      ...Object.entries(schema.columns).map(([name, column]) => ({ ...column, name, data: rows.columns[name] })),
      { name: SEQUENCE, type: 'integer' as const, data: sequences },
    ],
    {
      metadata: partMetadata({
        rows: rows.length,
        firstMs: times[0] ?? null,
        lastMs: times[rows.length - 1] ?? null,
        complete: unionRanges(complete),
      }),
    },
  )
  return writeStoredFile({ folder, stem: PART, extension: 'parquet', sequence, bytes })
}

/** Opens parts, and remembers what it has seen of a file until its size or time changes. */
export class PartReader {
  private readonly opened = new Map<string, { readonly stamp: string; readonly part: Part }>()
  private readonly checked = new Map<string, string>()

  /**
   * What a part's own description says; its rows are not looked at.
   * @throws StoreError `CORRUPT_PART`
   */
  async open(file: StoredFile): Promise<Part> {
    const handle = await open(file.path, 'r')
    try {
      const { size, mtimeMs } = await handle.stat()
      const stamp = `${size} ${mtimeMs}`
      const known = this.opened.get(file.path)
      if (known?.stamp === stamp) return known.part
      const part = { ...file, bytes: size, ...(await description(file, handle, size)) }
      this.opened.set(file.path, { stamp, part })
      this.checked.delete(file.path)
      return part
    } finally {
      await handle.close()
    }
  }

  /**
   * Sees that the bytes are those that were written, once per opened file.
   * @throws StoreError `CORRUPT_PART`
   */
  async check(file: StoredFile): Promise<void> {
    const stamp = this.opened.get(file.path)?.stamp
    if (stamp !== undefined && this.checked.get(file.path) === stamp) return
    await readStoredFile(file)
    if (stamp !== undefined) this.checked.set(file.path, stamp)
  }

  forget(file: StoredFile): void {
    this.opened.delete(file.path)
    this.checked.delete(file.path)
  }
}

async function description(file: StoredFile, handle: FileHandle, size: number): Promise<PartDescription> {
  try {
    const metadata = await parquetMetadataAsync(
      { byteLength: size, slice: (from, to = size) => bytesOf(handle, from, to) },
      { initialFetchSize: TAIL_BYTES },
    )
    return parsePartMetadata(metadata.key_value_metadata)
  } catch (error) {
    throw damaged(file, `${error instanceof Error ? error.message : error} (${size} bytes)`)
  }
}

async function bytesOf(handle: FileHandle, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(to - from)
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
  if (bytesRead < bytes.length) throw new Error(`it ends after ${from + bytesRead} bytes`)
  return bytes.buffer
}
