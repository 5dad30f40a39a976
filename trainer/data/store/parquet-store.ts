import { resolve } from 'node:path'
import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
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
import { Duck } from './duck.ts'
import { appendToLog, readEventLog } from './event-log.ts'
import { badPage, pageRows } from './page-rows.ts'
import { PartReader } from './part.ts'
import { readSeries, summariseSeries } from './read-series.ts'
import { listSeriesFiles, openParts, type StoreContext, withFiles } from './series-files.ts'
import { listSeries, seriesPath } from './series-path.ts'
import { StoreError } from './store-error.ts'
import { checkStoreFolder, prepareStoreFolder } from './store-folder.ts'
import { addPart, mergeParts, replaceRepairs } from './write-series.ts'

/**
 * A store in a folder: immutable Parquet files in hive partitions, merged by DuckDB as they are read. A folder that does
 * not exist, or is empty, is an empty store; the first write makes it one.
 * @throws StoreError `NOT_A_STORE`, `STORE_TOO_NEW`
 * @see docs/decisions/0017-market-store.md
 */
export async function openParquetStore(folder: string): Promise<MarketStore> {
  const place = resolve(folder)
  await checkStoreFolder(place)
  return new ParquetStore({ place, duck: new Duck(), reader: new PartReader() })
}

class ParquetStore implements MarketStore {
  /** The last write of each series: they happen one after the other, so that the last one asked for wins. */
  private readonly writes = new Map<string, Promise<unknown>>()
  private prepared: Promise<void> | null = null

  constructor(private readonly context: StoreContext) {}

  get place(): string {
    return this.context.place
  }

  async write(key: SeriesKey, page: StoredPage): Promise<number> {
    const rows = pageRows(key, page.table)
    const complete = completeRanges(key, page.complete)
    if (rows.length === 0 && complete.length === 0) return 0
    await this.prepare()
    return await this.inTurn(key, async () => {
      const written = await addPart(this.context, key, { rows, complete })
      await this.mergeWhereSound(key)
      return written
    })
  }

  async read(key: SeriesKey, options: ReadOptions = {}): Promise<StoredTable> {
    return await withFiles(this.context, [key], ([files]) => readSeries(this.context, key, { ...options, files }))
  }

  async complete(key: SeriesKey): Promise<TimeRange[]> {
    return await withFiles(this.context, [key], async ([{ parts }]) =>
      unionRanges((await openParts(this.context, parts)).flatMap(part => part.complete)),
    )
  }

  async list(): Promise<SeriesSummary[]> {
    const summaries: SeriesSummary[] = []
    for (const key of await listSeries(this.place)) {
      const summary = await withFiles(this.context, [key], ([files]) => summariseSeries(this.context, key, files))
      if (summary !== null) summaries.push(summary)
    }
    return summaries
  }

  async writeRepairs(key: SeriesKey, repairs: Repairs, lastWrite: number): Promise<void> {
    await this.prepare()
    await this.inTurn(key, () => replaceRepairs(this.context, key, { repairs, lastWrite }))
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
    await this.context.duck.close()
  }

  /** The page is stored by now: that other parts cannot be merged must not make it fail. Who reads them is told. */
  private async mergeWhereSound(key: SeriesKey): Promise<void> {
    const { parts } = await listSeriesFiles(this.context, key)
    try {
      await mergeParts(this.context, key, parts)
    } catch (error) {
      if (error instanceof StoreError) return
      const left = new Set((await listSeriesFiles(this.context, key)).parts.map(part => part.name))
      const mergedByAnother = parts.some(part => !left.has(part.name))
      if (!mergedByAnother) throw error
    }
  }

  private async inTurn<T>(key: SeriesKey, write: () => Promise<T>): Promise<T> {
    const path = seriesPath(key)
    const mine = (this.writes.get(path) ?? Promise.resolve()).then(write, write)
    this.writes.set(path, mine)
    try {
      return await mine
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
}

function completeRanges(key: SeriesKey, complete: StoredPage['complete']): TimeRange[] {
  const ranges = complete === null ? [] : 'fromMs' in complete ? [complete] : complete
  const odd = ranges.find(({ fromMs, toMs }) => !Number.isFinite(fromMs) || !Number.isFinite(toMs))
  if (odd === undefined) return unionRanges(ranges)
  throw badPage(key, `the page is complete from ${odd.fromMs} to ${odd.toMs}; expected times in ms.`, { ...odd })
}
