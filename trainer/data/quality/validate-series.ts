import { formatTimeMs } from '../../../sdk/units.ts'
import { countOf } from '../import/count-of.ts'
import type { LogEntry, MarketStore, SeriesKey } from '../market-store.ts'
import { type FileMarks, foundInFiles, storedMarks, withMarks } from './file-marks.ts'
import { type Judgement, type JudgeOptions, judgeSeries } from './judge-series.ts'

/**
 * Judges a stored series as it came, without earlier repairs; puts the repairs of this policy in their place and writes
 * every finding into the store's log. What is rejected is logged as that; the rows stay. Rows that were repaired for what
 * only their file showed stay marked until newer ones replace them.
 * @param marks What the file showed that was just imported.
 * @throws StoreError
 */
export async function validateSeries(
  store: MarketStore,
  key: SeriesKey,
  o: JudgeOptions = {},
  marks: FileMarks = new Map(),
): Promise<Judgement> {
  const stored = await store.read(key, { raw: true })
  // after the rows, so that one that is newer than these has no mark any more
  const earlier = await storedMarks(store, key)
  if (earlier === null) await store.appendLog([repairsLost(key)])
  const known = new Map([...(earlier ?? []), ...marks])
  const found = foundInFiles(key, stored, known)
  const judgement = withMarks(judgeSeries(key, stored, { ...o, found }), stored, known)
  await recordJudgement(store, judgement, stored.lastWrite)
  return judgement
}

/** Writes the repairs and the findings of rows that are stored, up to the write `lastWrite`. @throws StoreError */
export async function recordJudgement(store: MarketStore, judgement: Judgement, lastWrite: number): Promise<void> {
  await store.writeRepairs(judgement.key, judgement.repairs, lastWrite)
  await store.appendLog(toLogEntries(judgement, Date.now()))
}

const repairsLost = (key: SeriesKey): LogEntry => ({
  atMs: Date.now(),
  key,
  what: 'repairs',
  severity: 'warning',
  range: null,
  rows: 0,
  text: 'The stored repairs were damaged and are made anew; marks of what only imported files showed are lost.',
  action: 'repaired',
})

/** One entry that says that it was judged, and one for each finding. */
function toLogEntries({ key, rows, span, findings, actions, months }: Judgement, atMs: number): LogEntry[] {
  const worst = months.reduce((least, month) => (month.score < least.score ? month : least), months[0])
  const count = (severity: string): string =>
    countOf(findings.filter(finding => finding.severity === severity).length, severity)
  return [
    {
      atMs,
      key,
      what: 'validated',
      severity: 'info',
      range: null,
      rows,
      text:
        span === null
          ? 'There are no rows.'
          : `${countOf(rows, 'row')}, ${formatTimeMs(span.firstMs)} to ${formatTimeMs(span.lastMs)}: ${count('error')}, ${count('warning')}; worst month ${worst.period} with ${Math.floor(worst.score)} points.`,
      action: 'noted',
    },
    ...findings.map(
      ({ check, severity, range, rows: concerned, text }, i): LogEntry => ({
        atMs,
        key,
        what: check,
        severity,
        range,
        rows: concerned,
        text,
        action: actions[i],
      }),
    ),
  ]
}
