import { basename } from 'node:path'
import { subtractRanges, type TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { timeColumn } from '../kind.ts'
import type { MarketStore, SeriesKey } from '../market-store.ts'
import { acceptSeries } from '../quality/accept-series.ts'
import type { JudgeOptions } from '../quality/judge-series.ts'
import { type Comparison, compareRows } from './compare-rows.ts'
import type { ImportedSeries } from './layout.ts'
import { type ReadMarketFileOptions, readMarketFile } from './read-market-file.ts'
import { type StorableRows, storableRows } from './storable-rows.ts'

/** The log's name for rows that are about to be written; whoever judges the series afterwards logs `validated`. */
export const IMPORTED = 'imported'

export interface ImportOptions extends ReadMarketFileOptions {
  readonly judge: JudgeOptions
}

/** What a file brought to one series. */
export interface ImportedRows extends Comparison {
  readonly key: SeriesKey
  readonly rows: number
  /** Of the first and the last row. */
  readonly span: { readonly firstMs: number; readonly lastMs: number }
}

export interface ImportedFile {
  readonly path: string
  /** Title of its layout. */
  readonly layout: string
  readonly series: readonly ImportedRows[]
  readonly notes: readonly string[]
}

/**
 * Reads a file, judges all of it, and only then writes it: a file that is refused leaves the store as it was. Rows that are
 * stored already are not written again; those that differ replace what was there.
 * @throws SourceError, CandleError as `readMarketFile` and `acceptSeries` say; StoreError
 */
export async function importFile(store: MarketStore, path: string, o: ImportOptions): Promise<ImportedFile> {
  const file = await readMarketFile(path, o)
  const accepted = file.series.map(series => ({ series, storable: accept(series, path, o) }))
  const imported: ImportedRows[] = []
  for (const { series, storable } of accepted) {
    if (storable.table.length > 0) imported.push(await writeRows(store, series.key, storable, path))
  }
  return {
    path,
    layout: file.layout,
    series: imported,
    notes: [...file.notes, ...accepted.flatMap(({ storable }) => storable.notes)],
  }
}

function accept({ key, table }: ImportedSeries, path: string, { judge }: ImportOptions): StorableRows {
  acceptSeries(key, table, path, judge)
  return storableRows(key, table, judge.nowMs ?? Date.now())
}

async function writeRows(
  store: MarketStore,
  key: SeriesKey,
  { table, complete }: StorableRows,
  path: string,
): Promise<ImportedRows> {
  const times = table.columns[timeColumn(key.kind)] as Float64Array
  const firstMs = times.reduce((least, timeMs) => Math.min(least, timeMs))
  const lastMs = times.reduce((most, timeMs) => Math.max(most, timeMs))
  const stored = await store.read(key, { range: { fromMs: firstMs, toMs: lastMs + 1 }, raw: true })
  const comparison = compareRows(key.kind, table, stored)
  const result = { key, rows: table.length, span: { firstMs, lastMs }, ...comparison }
  const isKnown = complete === null || subtractRanges(complete, await store.complete(key)).length === 0
  if (comparison.added + comparison.changed === 0 && isKnown) return result
  await logImport(store, key, result, complete, path)
  await store.write(key, { table, complete })
  return result
}

async function logImport(
  store: MarketStore,
  key: SeriesKey,
  { rows, added, changed }: Omit<ImportedRows, 'key'>,
  range: TimeRange | null,
  path: string,
): Promise<void> {
  const text = `${rows.toLocaleString('en-US')} rows of ${basename(path)}: ${added.toLocaleString('en-US')} new, ${changed.toLocaleString('en-US')} in the place of others.`
  await store.appendLog([
    { atMs: Date.now(), key, what: IMPORTED, severity: 'info', range, rows, text, action: 'noted' },
  ])
}
