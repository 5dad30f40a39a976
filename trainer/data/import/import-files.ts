import { CandleError, type EdgeQuantError, SourceError } from '../../../sdk/errors.ts'
import type { MarketStore, SeriesKey } from '../market-store.ts'
import type { Judgement } from '../quality/judge-series.ts'
import { recordJudgement, validateSeries } from '../quality/validate-series.ts'
import { StoreError } from '../store/store-error.ts'
import { IMPORTED, type ImportedFile, type ImportOptions, importFile } from './import-file.ts'

export interface RefusedFile {
  readonly path: string
  readonly error: EdgeQuantError
}

export interface ImportResult {
  readonly imported: readonly ImportedFile[]
  readonly refused: readonly RefusedFile[]
  /** Of the series that got rows. */
  readonly judgements: readonly Judgement[]
  /** Series that got rows and could not be judged, as other rows of them are damaged. */
  readonly unjudged: readonly { readonly key: SeriesKey; readonly error: EdgeQuantError }[]
  /** Files that were not tried, as the store cannot be written. */
  readonly notTried: readonly string[]
}

export interface ImportFilesOptions extends ImportOptions {
  readonly onFile?: (outcome: ImportedFile | RefusedFile) => void
}

/**
 * Imports files one after the other, so that of rows that overlap those of the later file win; then judges each series
 * that got rows, and writes its repairs and findings. A file that is refused does not stop the others; a store that cannot
 * be written does.
 * @throws StoreError where the store cannot be read
 */
export async function importFiles(
  store: MarketStore,
  paths: readonly string[],
  o: ImportFilesOptions,
): Promise<ImportResult> {
  const there = new Set((await store.list()).map(({ key }) => nameOf(key)))
  /** Of series that hold the rows of one file and nothing else. */
  const alone = new Map<string, Written>()
  const imported: ImportedFile[] = []
  const refused: RefusedFile[] = []
  const judged = new Map<string, Judgement>()
  let tried = 0
  for (const path of paths) {
    tried++
    try {
      const file = await importFile(store, path, o)
      for (const { key, judgement, write } of file.series) {
        const name = nameOf(key)
        if (judgement === null || write === null || there.has(name)) alone.delete(name)
        else alone.set(name, { judgement, write })
        there.add(name)
      }
      imported.push(file)
      o.onFile?.(file)
      for (const [name, judgement] of await judgeMarked(store, file, o)) judged.set(name, judgement)
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused.push({ path, error })
      o.onFile?.({ path, error })
      if (error.code === 'WRITE_FAILED') break
    }
  }
  // What another process has written into a new series meanwhile is in nobody's judgement.
  for (const { key, rows } of await store.list()) {
    if (alone.get(nameOf(key))?.judgement.rows !== rows) alone.delete(nameOf(key))
  }
  const unjudged: { key: SeriesKey; error: EdgeQuantError }[] = []
  for (const key of await waitingForJudgement(store, imported)) {
    try {
      judged.set(nameOf(key), await judge(store, key, alone.get(nameOf(key)), o))
    } catch (error) {
      if (!isRefusal(error)) throw error
      unjudged.push({ key, error })
    }
  }
  return { imported, refused, judgements: [...judged.values()], unjudged, notTried: paths.slice(tried) }
}

/** Rows that were judged before they were written, and the number of that write. */
interface Written {
  readonly judgement: Judgement
  readonly write: number
}

async function judge(
  store: MarketStore,
  key: SeriesKey,
  known: Written | undefined,
  o: ImportOptions,
): Promise<Judgement> {
  if (known === undefined) return await validateSeries(store, key, o.judge)
  await recordJudgement(store, known.judgement, known.write)
  return known.judgement
}

/**
 * Judges series with rows that were repaired for what only their file shows: at once, so that later files take the marks
 * away with the rows that they replace. What cannot be judged is left to the judgement of all series, which tells it.
 */
async function judgeMarked(store: MarketStore, file: ImportedFile, o: ImportOptions): Promise<[string, Judgement][]> {
  const judged: [string, Judgement][] = []
  for (const { key, write, marks } of file.series) {
    if (write === null || marks.size === 0) continue
    try {
      judged.push([nameOf(key), await validateSeries(store, key, o.judge, marks)])
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }
  return judged
}

const isRefusal = (error: unknown): error is EdgeQuantError =>
  error instanceof SourceError ||
  error instanceof CandleError ||
  (error instanceof StoreError && ['WRITE_FAILED', 'CORRUPT_PART', 'BAD_PAGE'].includes(error.code))

/** Series of these files whose newest rows nobody has judged, in this run or one that was killed. */
async function waitingForJudgement(store: MarketStore, files: readonly ImportedFile[]): Promise<SeriesKey[]> {
  const waiting = new Set<string>()
  for (const { key, what } of await store.readLog()) {
    if (what === IMPORTED) waiting.add(nameOf(key))
    if (what === 'validated') waiting.delete(nameOf(key))
  }
  const keys = new Map(files.flatMap(({ series }) => series.map(({ key }) => [nameOf(key), key] as const)))
  return [...keys].filter(([name]) => waiting.has(name)).map(([, key]) => key)
}

const nameOf = ({ exchange, symbol, kind, timeframe }: SeriesKey): string =>
  JSON.stringify([exchange, symbol, kind, timeframe])
