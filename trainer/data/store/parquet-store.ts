import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
import { KINDS } from '../kind.ts'
import type {
  LogEntry,
  MarketStore,
  ReadOptions,
  Repairs,
  SeriesKey,
  SeriesSummary,
  StoredPage,
  StoredTable,
} from '../market-store.ts'
import { partsToMerge } from './compaction.ts'
import { Duck } from './duck.ts'
import { appendToLog, readEventLog } from './event-log.ts'
import { badPage, pageRows } from './page-rows.ts'
import { PART, type Part, PartReader, SEQUENCE, writePart } from './part.ts'
import { readRows } from './read-rows.ts'
import { REPAIRS, writeRepairFile } from './repair-file.ts'
import { describeSeries, listSeries, seriesPath } from './series-path.ts'
import { overlap, seriesSql, storedRowsSql } from './series-sql.ts'
import { StoreError } from './store-error.ts'
import { checkStoreFolder, prepareStoreFolder } from './store-folder.ts'
import { listStoredFiles, nextSequence, type StoredFile } from './stored-file.ts'

/**
 * A store in a folder: immutable Parquet files in hive partitions, merged by DuckDB as they are read. A folder that does
 * not exist, or is empty, is an empty store; the first write makes it one.
 * @throws StoreError `NOT_A_STORE`, `STORE_TOO_NEW`
 */
export async function openParquetStore(folder: string): Promise<MarketStore> {
  const place = resolve(folder)
  await checkStoreFolder(place)
  return new ParquetStore(place)
}

/** How often a read starts anew because a writer has merged the files that it was about to read. */
const ATTEMPTS = 20

interface SeriesFiles {
  readonly parts: readonly StoredFile[]
  /** Those that count: the newest. */
  readonly repairs: StoredFile | null
}

class ParquetStore implements MarketStore {
  private readonly duck = new Duck()
  private readonly reader = new PartReader()
  /** The last write of each series: writes of one series happen one after the other, so that the last one wins. */
  private readonly writes = new Map<string, Promise<unknown>>()
  private prepared: Promise<void> | null = null

  constructor(readonly place: string) {}

  async write(key: SeriesKey, page: StoredPage): Promise<void> {
    const rows = pageRows(key, page.table)
    const complete = completeRanges(key, page.complete)
    if (rows.length === 0 && complete.length === 0) return
    await this.prepare()
    await this.inTurn(key, async () => {
      const folder = this.partsFolder(key)
      const sequence = nextSequence(await listStoredFiles(folder, PART))
      const sequences = new Float64Array(rows.length).fill(sequence)
      await writePart({ folder, key, rows, sequences, complete, sequence })
      await this.compact(key)
    })
  }

  async read(key: SeriesKey, { range, raw = false }: ReadOptions = {}): Promise<StoredTable> {
    return await this.withFiles(key, async files => {
      const parts = (await this.openParts(files.parts)).filter(part => part.rows > 0 && concerns(part, range))
      const repairs = raw ? null : files.repairs
      for (const file of repairs === null ? parts : [...parts, repairs]) await this.reader.check(file)
      const sql = seriesSql(key.kind, { parts, repairs, range: range ?? null })
      const { length, columns } = await readRows(this.duck, key.kind, sql, { repaired: 'text' })
      const { repaired, ...rows } = columns
      return { length, columns: rows, repaired: repaired as readonly string[] }
    })
  }

  async complete(key: SeriesKey): Promise<TimeRange[]> {
    return await this.withFiles(key, async ({ parts }) =>
      unionRanges((await this.openParts(parts)).flatMap(part => part.complete)),
    )
  }

  async list(): Promise<SeriesSummary[]> {
    const summaries: SeriesSummary[] = []
    for (const key of await listSeries(this.place)) {
      const summary = await this.withFiles(key, files => this.summarise(key, files))
      if (summary !== null) summaries.push(summary)
    }
    return summaries
  }

  async writeRepairs(key: SeriesKey, repairs: Repairs): Promise<void> {
    await this.prepare()
    await this.inTurn(key, async () => {
      const { parts } = await this.files(key)
      if (parts.length === 0) {
        throw new StoreError(
          'NO_SUCH_SERIES',
          `${describeSeries(key)} is not stored in ${this.place}, so there is nothing to repair. Fetch or import it first.`,
          { ...key },
        )
      }
      const folder = this.repairsFolder(key)
      const earlier = await listStoredFiles(folder, REPAIRS)
      await writeRepairFile(folder, { key, repairs, sequence: nextSequence(earlier) })
      await this.remove(earlier)
    })
  }

  async appendLog(entries: readonly LogEntry[]): Promise<void> {
    if (entries.length === 0) return
    await this.prepare()
    await appendToLog(this.place, entries)
  }

  readLog(key?: SeriesKey): Promise<LogEntry[]> {
    return readEventLog(this.place, key)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.writes.values())
    await this.duck.close()
  }

  private async summarise(key: SeriesKey, files: SeriesFiles): Promise<SeriesSummary | null> {
    const parts: Part[] = []
    const damaged: string[] = []
    let repairs: Part | null = null
    for (const file of [...files.parts, ...(files.repairs === null ? [] : [files.repairs])]) {
      try {
        const part = await this.reader.open(file)
        if (overlap(parts)) await this.reader.check(file)
        if (file === files.repairs) repairs = part
        else parts.push(part)
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'CORRUPT_PART') throw error
        damaged.push(file.path)
      }
    }
    if (parts.length === 0 && damaged.length === 0) return null
    const times = parts.flatMap(({ firstMs, lastMs }) => (firstMs === null || lastMs === null ? [] : [firstMs, lastMs]))
    return {
      key,
      rows: await this.countRows(key, parts),
      firstMs: times.length > 0 ? Math.min(...times) : null,
      lastMs: times.length > 0 ? Math.max(...times) : null,
      complete: unionRanges(parts.flatMap(part => part.complete)),
      bytes: parts.reduce((sum, part) => sum + part.bytes, repairs?.bytes ?? 0),
      repairs: repairs?.rows ?? 0,
      damaged,
    }
  }

  private async countRows(key: SeriesKey, parts: readonly Part[]): Promise<number> {
    if (!overlap(parts)) return parts.reduce((sum, part) => sum + part.rows, 0)
    return await this.duck.connect(async connection => {
      const result = await connection.runAndReadAll(
        `SELECT count(*)::DOUBLE FROM (${storedRowsSql(key.kind, parts, null)})`,
      )
      return Number(result.getRows()[0][0])
    })
  }

  /** Merges parts of a series where there are too many. What is stored stays the same, whenever it ends. */
  private async compact(key: SeriesKey): Promise<void> {
    const files = await listStoredFiles(this.partsFolder(key), PART)
    const columns = Object.keys(KINDS[key.kind].columns).length
    const parts: Part[] = []
    try {
      parts.push(...partsToMerge(await this.openParts(files), columns))
      for (const part of parts) await this.reader.check(part)
    } catch {
      // A damaged part, or one that another process has just merged. The page is stored; who reads is told.
      return
    }
    if (parts.length === 0) return
    const { length, columns: merged } = await readRows(this.duck, key.kind, storedRowsSql(key.kind, parts, null), {
      [SEQUENCE]: 'number',
    })
    const { [SEQUENCE]: sequences, ...rows } = merged
    const { name } = await writePart({
      folder: this.partsFolder(key),
      key,
      rows: { length, columns: rows },
      sequences: sequences as Float64Array,
      complete: parts.flatMap(part => part.complete),
      sequence: parts.reduce((max, part) => Math.max(max, part.sequence), 0),
    })
    await this.remove(parts.filter(part => part.name !== name))
  }

  private async remove(files: readonly StoredFile[]): Promise<void> {
    for (const file of files) {
      await rm(file.path, { force: true })
      this.reader.forget(file)
    }
  }

  private async openParts(files: readonly StoredFile[]): Promise<Part[]> {
    return await Promise.all(files.map(file => this.reader.open(file)))
  }

  private async files(key: SeriesKey): Promise<SeriesFiles> {
    return {
      parts: await listStoredFiles(this.partsFolder(key), PART),
      repairs: (await listStoredFiles(this.repairsFolder(key), REPAIRS)).at(-1) ?? null,
    }
  }

  /** Runs `use` with the files of a series, and again where others have taken their place meanwhile. */
  private async withFiles<T>(key: SeriesKey, use: (files: SeriesFiles) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const files = await this.files(key)
      try {
        return await use(files)
      } catch (error) {
        if (attempt === ATTEMPTS || sameFiles(files, await this.files(key))) throw error
      }
    }
  }

  private async inTurn(key: SeriesKey, write: () => Promise<void>): Promise<void> {
    const path = seriesPath(key)
    const mine = (this.writes.get(path) ?? Promise.resolve()).then(write, write)
    this.writes.set(path, mine)
    try {
      await mine
    } finally {
      if (this.writes.get(path) === mine) this.writes.delete(path)
    }
  }

  private async prepare(): Promise<void> {
    this.prepared ??= prepareStoreFolder(this.place)
    try {
      await this.prepared
    } catch (error) {
      this.prepared = null
      throw error
    }
  }

  private partsFolder(key: SeriesKey): string {
    return join(this.place, seriesPath(key))
  }

  private repairsFolder(key: SeriesKey): string {
    return join(this.place, REPAIRS, seriesPath(key))
  }
}

function completeRanges(key: SeriesKey, range: TimeRange | null): TimeRange[] {
  if (range === null) return []
  if (Number.isFinite(range.fromMs) && Number.isFinite(range.toMs)) return unionRanges([range])
  throw badPage(key, `the page is complete from ${range.fromMs} to ${range.toMs}; expected times in ms.`, { ...range })
}

const concerns = ({ firstMs, lastMs }: Part, range: TimeRange | undefined): boolean =>
  range === undefined || (firstMs !== null && lastMs !== null && firstMs < range.toMs && lastMs >= range.fromMs)

const sameFiles = (a: SeriesFiles, b: SeriesFiles): boolean =>
  a.repairs?.name === b.repairs?.name && a.parts.map(p => p.name).join() === b.parts.map(p => p.name).join()
