import type { SchemaElement } from 'hyparquet'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import type { ColumnType } from '../kind.ts'

export interface ParquetColumn {
  readonly name: string
  readonly type: ColumnType | 'integer' | 'flag'
  readonly optional?: boolean
  /** NaN and null where an optional value is unknown. */
  readonly data: ArrayLike<number> | ArrayLike<string | null> | ArrayLike<boolean>
}

export interface ParquetOptions {
  readonly metadata?: Readonly<Record<string, string>>
  /** What a reader can skip at once when it wants a stretch of time. Default 100,000, which suits files on a disk. */
  readonly rowsPerGroup?: number
}

/** Flat columns of equal length as one Parquet file, compressed with Snappy, which every reader has. */
export function encodeParquet(
  columns: readonly ParquetColumn[],
  { metadata = {}, rowsPerGroup = 100_000 }: ParquetOptions = {},
): Uint8Array {
  const writer = new ByteWriter()
  parquetWrite({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    columnData: columns.map(column => ({ name: column.name, ...stored(column) })),
    rowGroupSize: rowsPerGroup,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'edgequant',
  })
  return writer.getBytes()
}

function schemaElement({ name, type, optional }: ParquetColumn): SchemaElement {
  const common = { name, repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' } as const
  switch (type) {
    case 'time':
      return {
        ...common,
        type: 'INT64',
        // Both say the same; older readers know only the first.
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      }
    case 'integer':
      return { ...common, type: 'INT64' }
    case 'number':
      return { ...common, type: 'DOUBLE' }
    case 'text':
      return { ...common, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    case 'flag':
      return { ...common, type: 'BOOLEAN' }
  }
}

/** Times rise by about the same step, so their differences are stored; prices gain nothing from a dictionary. */
function stored({ type, data, optional }: ParquetColumn) {
  if (type === 'time')
    return { data: Array.from(data as Float64Array, BigInt), encoding: 'DELTA_BINARY_PACKED' as const }
  if (type === 'integer') return { data: Array.from(data as Float64Array, BigInt) }
  if (type !== 'number') return { data: Array.from(data as ArrayLike<string>) }
  const numbers = data as Float64Array
  return {
    data: optional ? Array.from(numbers, value => (Number.isNaN(value) ? null : value)) : numbers,
    encoding: 'PLAIN' as const,
  }
}
