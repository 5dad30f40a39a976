import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
import type { ReadOptions, SeriesKey, SeriesSummary, StoredTable } from '../market-store.ts'
import type { Duck } from './duck.ts'
import type { Part } from './part.ts'
import { readRows } from './read-rows.ts'
import { openRepairs, type RepairPart } from './repair-file.ts'
import { openParts, type SeriesFiles, type StoreContext } from './series-files.ts'
import { countRepairsSql, newerParts, overlap, seriesSql, storedRowsSql } from './series-sql.ts'
import { StoreError } from './store-error.ts'
import type { StoredFile } from './stored-file.ts'

/** SQL of a series' rows as `read` gives them, from files that have been seen to be whole. */
export async function checkedSeriesSql(
  context: StoreContext,
  key: SeriesKey,
  { files, range, raw = false }: ReadOptions & { readonly files: SeriesFiles },
): Promise<string> {
  const parts = (await openParts(context, files.parts)).filter(part => concerns(part, range))
  const repairs = raw || files.repairs === null ? null : await openRepairs(context.reader, files.repairs)
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
  const lastWrite = options.files.parts.at(-1)?.sequence ?? 0
  if (options.raw || options.files.repairs === null) {
    const table = await readRows(context.duck, key.kind, sql)
    return { ...table, repaired: new Array<string>(table.length).fill(''), lastWrite }
  }
  const { length, columns } = await readRows(context.duck, key.kind, sql, { repaired: 'text' })
  const { repaired, ...rows } = columns
  return { length, columns: rows, repaired: repaired as readonly string[], lastWrite }
}

/** Null where nothing is stored. Damaged files are named, not counted. */
export async function summariseSeries(
  context: StoreContext,
  key: SeriesKey,
  files: SeriesFiles,
): Promise<SeriesSummary | null> {
  const { reader } = context
  const damaged: string[] = []
  const parts = await soundOnes(files.parts, file => reader.open(file), damaged)
  const [repairs] = await soundOnes(
    files.repairs === null ? [] : [files.repairs],
    file => openRepairs(reader, file),
    damaged,
  )
  const mayYield = repairs !== undefined && newerParts(parts, repairs).length > 0
  // What must be read to be counted is counted where it can be.
  const checked = async <T extends StoredFile>(file: T): Promise<T> => {
    await reader.check(file)
    return file
  }
  const counted = overlap(parts) || mayYield ? await soundOnes(parts, checked, damaged) : parts
  const [overlay] = repairs !== undefined && mayYield ? await soundOnes([repairs], checked, damaged) : [repairs]
  if (counted.length === 0 && damaged.length === 0) return null
  const times = counted.flatMap(({ firstMs, lastMs }) => (firstMs === null || lastMs === null ? [] : [firstMs, lastMs]))
  return {
    key,
    rows: await countRows(context, key, counted),
    firstMs: times.length > 0 ? Math.min(...times) : null,
    lastMs: times.length > 0 ? Math.max(...times) : null,
    complete: unionRanges(counted.flatMap(part => part.complete)),
    bytes: counted.reduce((sum, part) => sum + part.bytes, overlay?.bytes ?? 0),
    repairs: overlay === undefined ? 0 : await countRepairs(context, key, { parts: counted, repairs: overlay }),
    damaged,
  }
}

/** What `look` gives of files; those that are damaged are left out and named. */
async function soundOnes<F, T>(files: readonly F[], look: (file: F) => Promise<T>, damaged: string[]): Promise<T[]> {
  const sound: T[] = []
  for (const file of files) {
    try {
      sound.push(await look(file))
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'CORRUPT_PART') throw error
      damaged.push(String(error.details.path))
    }
  }
  return sound
}

async function countRows({ duck }: StoreContext, { kind }: SeriesKey, parts: readonly Part[]): Promise<number> {
  if (!overlap(parts)) return parts.reduce((sum, part) => sum + part.rows, 0)
  return await count(duck, `SELECT count(*) FROM (${storedRowsSql(kind, parts, null)})`)
}

async function countRepairs(
  { duck }: StoreContext,
  { kind }: SeriesKey,
  o: { readonly parts: readonly Part[]; readonly repairs: RepairPart },
): Promise<number> {
  return newerParts(o.parts, o.repairs).length === 0 ? o.repairs.rows : await count(duck, countRepairsSql(kind, o))
}

const count = (duck: Duck, sql: string): Promise<number> =>
  duck.connect(async connection => Number((await connection.runAndReadAll(sql)).getRows()[0][0]))
