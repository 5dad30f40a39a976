import { basename } from 'node:path'
import { subtractRanges } from '../../../sdk/candle/time-ranges.ts'
import { integer } from '../../report/format.ts'
import { timeColumn } from '../kind.ts'
import type { LogEntry, MarketStore, SeriesKey } from '../market-store.ts'
import { acceptSeries } from '../quality/accept-series.ts'
import { type FileMarks, marksOf } from '../quality/file-marks.ts'
import type { Judgement, JudgeOptions } from '../quality/judge-series.ts'
import type { SeriesCheck } from '../quality/series-finding.ts'
import { keyOrder } from '../store/page-rows.ts'
import { type Comparison, compareRows } from './compare-rows.ts'
import { countOf } from './count-of.ts'
import type { ImportedSeries, MarketFile } from './layout.ts'
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
  /** Of these rows; null where a store has them in another way than the file, so that they must be judged again there. */
  readonly judgement: Judgement | null
  /** Rows that were repaired for what a store cannot show. */
  readonly marks: FileMarks
  /** Number of the write that brought them; null where all was stored already. */
  readonly write: number | null
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
  const accepted = file.series.map(series => accept(series, file, o))
  const imported: ImportedRows[] = []
  for (const part of accepted) if (part.storable.table.length > 0) imported.push(await writeRows(store, part, path))
  return {
    path,
    layout: file.layout,
    series: imported,
    notes: [
      ...file.notes,
      ...accepted.flatMap(({ storable, judgement }) => [...storable.notes, ...notesOn(judgement)]),
    ],
  }
}

interface Accepted {
  readonly key: SeriesKey
  readonly judgement: Judgement
  readonly storable: StorableRows
}

function accept({ key, table }: ImportedSeries, { path, format }: MarketFile, { judge }: ImportOptions): Accepted {
  const judgement = acceptSeries(key, table, path, judge)
  const { findings } = judgement
  const o = { nowMs: judge.nowMs ?? Date.now(), findings, isArchive: format !== 'edgequant' }
  return { key, judgement, storable: storableRows(key, table, o) }
}

async function writeRows(store: MarketStore, accepted: Accepted, path: string): Promise<ImportedRows> {
  const { key, judgement, storable } = accepted
  const { table, complete } = storable
  const times = table.columns[timeColumn(key.kind)] as Float64Array
  const firstMs = times.reduce((least, timeMs) => Math.min(least, timeMs))
  const lastMs = times.reduce((most, timeMs) => Math.max(most, timeMs))
  const stored = await store.read(key, { range: { fromMs: firstMs, toMs: lastMs + 1 }, raw: true })
  const comparison = compareRows(key.kind, table, stored)
  const isStoredAsItIs = table.length === judgement.rows && keyOrder(key.kind, table) === null
  const rows = { key, rows: table.length, span: { firstMs, lastMs }, ...comparison }
  const { repairs } = judgement
  const marks = marksOf(key.kind, repairs.rows, repairs.reasons)
  const result = { ...rows, judgement: isStoredAsItIs ? judgement : null, marks, write: null }
  const known = await store.complete(key)
  const isKnown = complete.every(range => subtractRanges(range, known).length === 0)
  if (comparison.added + comparison.changed === 0 && isKnown) return result
  await store.appendLog(logEntries(result, judgement, path))
  return { ...result, write: await store.write(key, { table, complete }) }
}

/** What a store sorts out by itself, so that it cannot be found there any more. */
const SORTED_OUT: readonly SeriesCheck[] = [
  'missingValue',
  'timeOrder',
  'conflictingTime',
  'duplicateTime',
  'inProgress',
]

/** What is told of it, but for rows that are left out. */
const SORTING: Partial<Record<SeriesCheck, string>> = {
  timeOrder: 'out of order, sorted',
  conflictingTime: 'again with other values, of which the last stays',
  duplicateTime: 'again with the same values, left out',
}

function notesOn({ findings }: Judgement): string[] {
  return Object.entries(SORTING).flatMap(([check, what]) => {
    const found = findings.filter(finding => finding.check === check)
    const rows = found.reduce((sum, finding) => sum + finding.rows, 0)
    return rows === 0 ? [] : [`${countOf(rows, 'row')} ${what} (${check}): ${found[0].text}`]
  })
}

function logEntries(
  { key, rows, span, added, changed }: ImportedRows,
  { findings }: Judgement,
  path: string,
): LogEntry[] {
  const range = { fromMs: span.firstMs, toMs: span.lastMs + 1 }
  const common = { atMs: Date.now(), key }
  const name = basename(path)
  const text = `${countOf(rows, 'row')} of ${name}: ${integer(added)} new, ${integer(changed)} in the place of others.`
  const gone = findings.filter(({ check }) => SORTED_OUT.includes(check))
  return [
    { ...common, what: IMPORTED, severity: 'info', range, rows, text, action: 'noted' },
    ...gone.map(
      (finding): LogEntry => ({
        ...common,
        what: finding.check,
        severity: finding.severity,
        range: finding.range,
        rows: finding.rows,
        text: `${name}: ${finding.text}`,
        action: 'repaired',
      }),
    ),
  ]
}
