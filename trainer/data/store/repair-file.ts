import { KINDS, type KindSchema, timeColumn } from '../kind.ts'
import type { Repairs, SeriesKey } from '../market-store.ts'
import { encodeParquet } from './encode-parquet.ts'
import { badPage, checkRows, isTime, keyOrder, selectRows } from './page-rows.ts'
import type { Part, PartReader } from './part.ts'
import { type PartDescription, partMetadata } from './part-description.ts'
import { damaged, type StoredFile, writeStoredFile } from './stored-file.ts'

export const REPAIRS = 'repairs'

/** Columns beside those of the kind: why, and whether rows of this time are left out rather than replaced. */
export const REASON = 'reason'
export const DROPPED = 'dropped'

interface NewRepairs {
  readonly key: SeriesKey
  readonly repairs: Repairs
  /** The last write that they hold against. */
  readonly lastWrite: number
  readonly sequence: number
}

/** Repairs as they are stored. */
export interface RepairPart extends Part {
  readonly lastWrite: number
}

/** @throws StoreError `CORRUPT_PART` */
export async function openRepairs(reader: PartReader, file: StoredFile): Promise<RepairPart> {
  const part = await reader.open(file)
  const { lastWrite } = part
  if (lastWrite === undefined) throw damaged(file, 'it does not say against which rows its repairs hold')
  return { ...part, lastWrite }
}

/**
 * Writes what is put in the place of stored rows, as one file: a row per replaced or added row, and one per dropped time.
 * @throws StoreError `BAD_PAGE`, `WRITE_FAILED`
 */
export function writeRepairFile(
  folder: string,
  { key, repairs, lastWrite, sequence }: NewRepairs,
): Promise<StoredFile> {
  checkRepairs(key, repairs)
  const { dropped } = repairs
  const order = keyOrder(key.kind, repairs.rows)
  const rows = order === null ? repairs.rows : selectRows(repairs.rows, order)
  const reasons = order === null ? repairs.reasons : order.map(row => repairs.reasons[row])
  const unknown = dropped.map(() => Number.NaN)
  const schema: KindSchema = KINDS[key.kind]
  const columns = Object.entries(schema.columns).map(([name, { type }]) => {
    const data = rows.columns[name]
    if (name === timeColumn(key.kind))
      return { name, type, data: [...(data as Float64Array), ...dropped.map(d => d.timeMs)] }
    if (type === 'text')
      return { name, type, optional: true, data: [...(data as string[]), ...dropped.map(() => null)] }
    return { name, type, optional: true, data: Float64Array.from([...(data as Float64Array), ...unknown]) }
  })
  const times = columns[0].data as number[]
  const description: PartDescription = {
    rows: times.length,
    firstMs: times.length > 0 ? Math.min(...times) : null,
    lastMs: times.length > 0 ? Math.max(...times) : null,
    complete: [],
    lastWrite,
  }
  const bytes = encodeParquet(
    [
      ...columns,
      { name: REASON, type: 'text', data: [...reasons, ...dropped.map(({ reason }) => reason)] },
      { name: DROPPED, type: 'flag', data: times.map((_, i) => i >= rows.length) },
    ],
    { metadata: partMetadata(description) },
  )
  return writeStoredFile({ folder, stem: REPAIRS, extension: 'parquet', sequence, bytes })
}

function checkRepairs(key: SeriesKey, { rows, reasons, dropped }: Repairs): void {
  checkRows(key, rows)
  if (reasons.length !== rows.length) {
    throw badPage(key, `there are ${rows.length} repaired rows and ${reasons.length} reasons; each row needs one.`, {
      rows: rows.length,
      reasons: reasons.length,
    })
  }
  const odd = dropped.find(({ timeMs }) => !isTime(timeMs))
  if (odd !== undefined) {
    throw badPage(key, `${odd.timeMs} is to be dropped, and is not a time in whole ms that a date can hold.`, {
      ...odd,
    })
  }
}
