import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
import type { ReadOptions, SeriesKey, SeriesSummary, StoredTable } from '../market-store.ts'
import type { Part } from './part.ts'
import { readRows } from './read-rows.ts'
import { openParts, type SeriesFiles, type StoreContext } from './series-files.ts'
import { overlap, seriesSql, storedRowsSql } from './series-sql.ts'
import { StoreError } from './store-error.ts'

/** SQL of a series' rows as `read` gives them, from files that have been seen to be whole. */
export async function checkedSeriesSql(
  context: StoreContext,
  key: SeriesKey,
  { files, range, raw = false }: ReadOptions & { readonly files: SeriesFiles },
): Promise<string> {
  const parts = (await openParts(context, files.parts)).filter(part => concerns(part, range))
  const repairs = raw ? null : files.repairs
  for (const file of repairs === null ? parts : [...parts, repairs]) await context.reader.check(file)
  return seriesSql(key.kind, { parts, repairs, range: range ?? null })
}

const concerns = ({ firstMs, lastMs }: Part, range: TimeRange | undefined): boolean =>
  firstMs !== null && lastMs !== null && (range === undefined || (firstMs < range.toMs && lastMs >= range.fromMs))

export async function readSeries(
  context: StoreContext,
  key: SeriesKey,
  options: ReadOptions & { readonly files: SeriesFiles },
): Promise<StoredTable> {
  const sql = await checkedSeriesSql(context, key, options)
  if (options.raw || options.files.repairs === null) {
    const table = await readRows(context.duck, key.kind, sql)
    return { ...table, repaired: new Array<string>(table.length).fill('') }
  }
  const { length, columns } = await readRows(context.duck, key.kind, sql, { repaired: 'text' })
  const { repaired, ...rows } = columns
  return { length, columns: rows, repaired: repaired as readonly string[] }
}

/** Null where nothing is stored. Damaged files are named, not counted. */
export async function summariseSeries(
  context: StoreContext,
  key: SeriesKey,
  files: SeriesFiles,
): Promise<SeriesSummary | null> {
  const damaged: string[] = []
  const parts: Part[] = []
  for (const file of files.parts) {
    await unlessDamaged(damaged, async () => {
      parts.push(await context.reader.open(file))
    })
  }
  let repairs: Part | null = null
  await unlessDamaged(damaged, async () => {
    if (files.repairs !== null) repairs = await context.reader.open(files.repairs)
  })
  const counted = overlap(parts) ? await soundParts(context, parts, damaged) : parts
  if (counted.length === 0 && damaged.length === 0) return null
  const times = counted.flatMap(({ firstMs, lastMs }) => (firstMs === null || lastMs === null ? [] : [firstMs, lastMs]))
  const { bytes = 0, rows = 0 } = (repairs as Part | null) ?? {}
  return {
    key,
    rows: await countRows(context, key, counted),
    firstMs: times.length > 0 ? Math.min(...times) : null,
    lastMs: times.length > 0 ? Math.max(...times) : null,
    complete: unionRanges(counted.flatMap(part => part.complete)),
    bytes: counted.reduce((sum, part) => sum + part.bytes, bytes),
    repairs: rows,
    damaged,
  }
}

/** Those whose rows can be read, for they must be to be counted. */
async function soundParts(context: StoreContext, parts: readonly Part[], damaged: string[]): Promise<Part[]> {
  const sound: Part[] = []
  for (const part of parts) {
    await unlessDamaged(damaged, async () => {
      await context.reader.check(part)
      sound.push(part)
    })
  }
  return sound
}

async function unlessDamaged(damaged: string[], look: () => Promise<void>): Promise<void> {
  try {
    await look()
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'CORRUPT_PART') throw error
    damaged.push(String(error.details.path))
  }
}

async function countRows({ duck }: StoreContext, { kind }: SeriesKey, parts: readonly Part[]): Promise<number> {
  if (!overlap(parts)) return parts.reduce((sum, part) => sum + part.rows, 0)
  return await duck.connect(async connection => {
    const result = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM (${storedRowsSql(kind, parts, null)})`)
    return Number(result.getRows()[0][0])
  })
}
