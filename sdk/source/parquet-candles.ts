import type { ColumnMetaData, Compressors, FileMetaData, RowGroup } from 'hyparquet'
import type { Candle } from '../candle/candle.ts'
import type { CandleColumns } from '../candle/candle-csv.ts'
import { EdgeQuantError, SourceError } from '../errors.ts'
import type { UrlFile } from './url-file.ts'
import type { FilePiece } from './url-pages.ts'

/** Footers of candle files are far smaller. */
const FOOTER_BYTES = 64 * 1024

/** Columns that are not asked for and lie between two that are: fewer bytes are read along, to save a request. */
const LARGEST_HOLE_BYTES = 8 * 1024

/**
 * The row groups of a Parquet file, each read when it is needed: its columns of candles and nothing else.
 * @throws SourceError `HYPARQUET_MISSING`, `COMPRESSORS_MISSING`, `NOT_A_CANDLE_FILE`, `MISSING_COLUMN`, `BAD_VALUE`; and as
 *   `UrlFile` does
 */
export async function parquetPieces(file: UrlFile, names: CandleColumns): Promise<FilePiece[]> {
  const hyparquet = await loadHyparquet(file.url)
  const metadata = await decoding(file.url, async () => {
    const byteLength = await file.size()
    const slice = (from: number, to?: number) => file.slice(from, to ?? byteLength)
    return hyparquet.parquetMetadataAsync({ byteLength, slice }, { initialFetchSize: FOOTER_BYTES })
  })
  checkColumns(file.url, metadata, names)
  const compressors = await loadCompressors(file.url, metadata, names)

  let rowEnd = 0
  return metadata.row_groups
    .map(group => {
      const rowStart = rowEnd
      rowEnd += Number(group.num_rows)
      return { group, rowStart, rowEnd }
    })
    .filter(rows => rows.rowEnd > rows.rowStart)
    .map(({ group, ...rows }) => ({
      span: spanOf(group, names.openTimeMs),
      read: async () => {
        const columns = Object.values(names)
        const bytes = await bytesOf(file, group, columns)
        const options = { file: bytes, metadata, columns, ...rows, ...(compressors && { compressors }) }
        const found = await decoding(file.url, () => hyparquet.parquetReadObjects(options))
        return found.map((row, i) => toCandle(file.url, row, names, rows.rowStart + i))
      },
    }))
}

async function loadHyparquet(url: string): Promise<typeof import('hyparquet')> {
  try {
    return await import('hyparquet')
  } catch (cause) {
    throw new SourceError(
      'HYPARQUET_MISSING',
      `${url} is a Parquet file, which the package hyparquet reads, and that cannot be loaded: ${(cause as Error).message}. Install it: npm install hyparquet`,
      { url, cause: (cause as Error).message },
    )
  }
}

/** What hyparquet brings itself is enough for most files, ours among them. */
async function loadCompressors(
  url: string,
  metadata: FileMetaData,
  names: CandleColumns,
): Promise<Compressors | undefined> {
  const codec = metadata.row_groups
    .flatMap(group => chunksOf(group, Object.values(names)))
    .map(chunk => chunk.codec)
    .find(name => name !== 'UNCOMPRESSED' && name !== 'SNAPPY')
  if (codec === undefined) return undefined
  try {
    return (await import('hyparquet-compressors')).compressors
  } catch (cause) {
    throw new SourceError(
      'COMPRESSORS_MISSING',
      `${url} is compressed by ${codec}, which the package hyparquet-compressors reads, and that cannot be loaded: ${(cause as Error).message}. Install it: npm install hyparquet-compressors; or write the file with SNAPPY.`,
      { url, codec, cause: (cause as Error).message },
    )
  }
}

function checkColumns(url: string, { schema }: FileMetaData, names: CandleColumns): void {
  // The first is the root.
  const there = schema.slice(1).map(({ name }) => name)
  const missing = Object.values(names).filter(name => !there.includes(name))
  if (missing.length === 0) return
  throw new SourceError(
    'MISSING_COLUMN',
    `${url} has no column ${missing.map(name => `"${name}"`).join(', ')}; it has ${there.map(name => `"${name}"`).join(', ')}. Say which is which by the option columns, e.g. { openTimeMs: 'timestamp' }.`,
    { url, missing, columns: there },
  )
}

const chunksOf = (group: RowGroup, columns: readonly string[]): ColumnMetaData[] =>
  group.columns.flatMap(({ meta_data: chunk }) =>
    chunk !== undefined && columns.includes(chunk.path_in_schema.join('.')) ? [chunk] : [],
  )

/** From the statistics that writers keep of each column, where they keep them. */
function spanOf(group: RowGroup, timeColumn: string): FilePiece['span'] {
  const statistics = chunksOf(group, [timeColumn]).at(0)?.statistics
  const firstMs = toNumber(statistics?.min_value ?? statistics?.min)
  const lastMs = toNumber(statistics?.max_value ?? statistics?.max)
  return firstMs === null || lastMs === null ? null : { firstMs, lastMs }
}

/** A file that has the bytes of these columns of a row group, and no others. */
async function bytesOf(
  file: UrlFile,
  group: RowGroup,
  columns: readonly string[],
): Promise<{ byteLength: number; slice(from: number, to?: number): ArrayBuffer }> {
  const stretches: { from: number; to: number }[] = []
  const chunks = chunksOf(group, columns).map(chunk => {
    const from = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
    return { from, to: from + Number(chunk.total_compressed_size) }
  })
  for (const chunk of chunks.sort((a, b) => a.from - b.from)) {
    const last = stretches.at(-1)
    if (last !== undefined && chunk.from <= last.to + LARGEST_HOLE_BYTES) last.to = Math.max(last.to, chunk.to)
    else stretches.push({ ...chunk })
  }
  const parts = await Promise.all(
    stretches.map(async ({ from, to }) => ({ from, to, bytes: await file.slice(from, to) })),
  )
  const byteLength = stretches.at(-1)?.to ?? 0
  return {
    byteLength,
    slice(from, to = byteLength) {
      const part = parts.find(candidate => candidate.from <= from && to <= candidate.to)
      if (part === undefined) throw new RangeError(`bytes ${from} to ${to} belong to none of its columns`)
      return part.bytes.slice(from - part.from, to - part.from)
    },
  }
}

/** What hyparquet throws says what is wrong, but neither where nor what to do. */
async function decoding<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof EdgeQuantError) throw cause
    throw new SourceError(
      'NOT_A_CANDLE_FILE',
      `${url} cannot be read as Parquet: ${(cause as Error).message}. It is another file (a page of the app, if the address is wrong), or was cut off: write it again.`,
      { url, cause: (cause as Error).message },
    )
  }
}

function toCandle(url: string, row: Record<string, unknown>, names: CandleColumns, index: number): Candle {
  const value = (field: keyof Candle): number => {
    const number = toNumber(row[names[field]])
    if (number !== null) return number
    throw new SourceError(
      'BAD_VALUE',
      `${url}, row ${index}: ${names[field]} is ${String(row[names[field]])}; expected ${field === 'openTimeMs' ? 'a time or UTC milliseconds' : 'a number'}. Correct or remove the row.`,
      { url, row: index, column: names[field], value: String(row[names[field]]) },
    )
  }
  return {
    openTimeMs: value('openTimeMs'),
    open: value('open'),
    high: value('high'),
    low: value('low'),
    close: value('close'),
    volume: value('volume'),
  }
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Date ? value.getTime() : null
}
