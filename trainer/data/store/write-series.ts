import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { KINDS, type Table } from '../kind.ts'
import type { Repairs, SeriesKey } from '../market-store.ts'
import { partsToMerge } from './compaction.ts'
import { PART, SEQUENCE, writePart } from './part.ts'
import { readRows } from './read-rows.ts'
import { REPAIRS, writeRepairFile } from './repair-file.ts'
import {
  listSeriesFiles,
  openParts,
  partsFolder,
  removeFiles,
  repairsFolder,
  type SeriesFiles,
  type StoreContext,
} from './series-files.ts'
import { describeSeries } from './series-path.ts'
import { storedRowsSql } from './series-sql.ts'
import { StoreError } from './store-error.ts'
import { listStoredFiles, nextSequence, type StoredFile } from './stored-file.ts'

/** A large page must not start anew for ever while others write small ones: so many more turns does each attempt leave them. */
const OVERTAKEN_TURNS = 8

/**
 * Writes a page and gives its number, which is higher than those of all that was there before it: who read them sees that
 * this page was not among them. One that was overtaken on its way to the disk is therefore written again.
 * @throws StoreError `WRITE_FAILED`
 */
export async function addPart(
  context: StoreContext,
  key: SeriesKey,
  { rows, complete }: { readonly rows: Table; readonly complete: readonly TimeRange[] },
): Promise<number> {
  const folder = partsFolder(context, key)
  const overtaken: StoredFile[] = []
  try {
    for (;;) {
      const sequence = numberAfter(await listSeriesFiles(context, key), OVERTAKEN_TURNS ** overtaken.length)
      const sequences = new Float64Array(rows.length).fill(sequence)
      const part = await writePart({ folder, key, rows, sequences, complete, sequence })
      const others = (await listStoredFiles(folder, PART)).filter(({ name }) => name !== part.name)
      if (others.every(other => other.sequence < sequence)) return sequence
      overtaken.push(part)
    }
  } finally {
    await removeFiles(context, overtaken)
  }
}

/**
 * Merges parts of a series where there are many. Each row keeps the number of its write, so the newest row of a key stays
 * the newest whichever parts are merged, in whatever order, once or twice: wherever this ends, or is killed, what the
 * series holds is the same.
 */
export async function mergeParts(context: StoreContext, key: SeriesKey, files: readonly StoredFile[]): Promise<void> {
  const folder = partsFolder(context, key)
  const columns = Object.keys(KINDS[key.kind].columns).length
  const parts = partsToMerge(await openParts(context, files), columns)
  if (parts.length === 0) return
  // A damaged row must not come under a new checksum.
  for (const part of parts) await context.reader.check(part)
  const sql = storedRowsSql(key.kind, parts, null)
  const merged = await readRows(context.duck, key.kind, sql, { [SEQUENCE]: 'number' })
  const { [SEQUENCE]: sequences, ...rows } = merged.columns
  const { name } = await writePart({
    folder,
    key,
    rows: { length: merged.length, columns: rows },
    sequences: sequences as Float64Array,
    complete: parts.flatMap(part => part.complete),
    sequence: Math.max(...parts.map(part => part.sequence)),
  })
  await removeFiles(
    context,
    parts.filter(part => part.name !== name),
  )
}

/** @throws StoreError `NO_SUCH_SERIES`, `BAD_PAGE`, `WRITE_FAILED` */
export async function replaceRepairs(
  context: StoreContext,
  key: SeriesKey,
  { repairs, lastWrite }: { readonly repairs: Repairs; readonly lastWrite: number },
): Promise<void> {
  const files = await listSeriesFiles(context, key)
  if (files.parts.length === 0) {
    throw new StoreError(
      'NO_SUCH_SERIES',
      `${describeSeries(key)} is not stored in ${context.place}, so there is nothing to repair. Fetch or import it first.`,
      { ...key },
    )
  }
  const folder = repairsFolder(context, key)
  const earlier = await listStoredFiles(folder, REPAIRS)
  await writeRepairFile(folder, { key, repairs, lastWrite, sequence: numberAfter(files) })
  await removeFiles(context, earlier)
}

/** Repairs count as well: where somebody has deleted the newest part, what is written next must not pass for what they repair. */
const numberAfter = ({ parts, repairs }: SeriesFiles, turns = 1): number =>
  nextSequence(repairs === null ? parts : [...parts, repairs], turns)
