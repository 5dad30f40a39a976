import { timeframeMs } from '../../../sdk/units.ts'
import type { DataKind, Table } from '../kind.ts'
import { timeColumn } from '../kind.ts'
import type { MarketStore, SeriesKey } from '../market-store.ts'
import { selectRows } from '../store/page-rows.ts'
import { StoreError } from '../store/store-error.ts'
import type { Judgement } from './judge-series.ts'
import { whichRows } from './make-series-finding.ts'
import { keyOf, numbersOf } from './prepared-table.ts'
import type { SeriesCheck, SeriesFinding } from './series-finding.ts'

/** What only the file shows that rows are from: a store has each key once, and no row without its values. */
const FILE_CHECKS: readonly SeriesCheck[] = ['missingValue', 'conflictingTime']

/** Rows, by `keyOf`, that were repaired for what their file showed, and the check that had it done. */
export type FileMarks = ReadonlyMap<string, SeriesCheck>

const keysOf = (kind: DataKind, table: Table): string[] => {
  const timesMs = numbersOf(table, timeColumn(kind))
  return Array.from({ length: table.length }, (_, row) => keyOf(kind, table, timesMs, row))
}

/** Those of rows with their reasons. */
export function marksOf(kind: DataKind, rows: Table, reasons: readonly string[]): FileMarks {
  const marked = FILE_CHECKS.flatMap(check =>
    reasons.flatMap((reason, row) => (reason === check ? [{ row, check }] : [])),
  )
  const keys = keysOf(
    kind,
    selectRows(
      rows,
      marked.map(({ row }) => row),
    ),
  )
  return new Map(marked.map(({ check }, i) => [keys[i], check]))
}

/** Those of a stored series whose rows no newer ones have replaced; null where its repairs are damaged. */
export async function storedMarks(store: MarketStore, key: SeriesKey): Promise<FileMarks | null> {
  try {
    const { repaired, ...rows } = await store.read(key)
    return marksOf(key.kind, rows, repaired)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'CORRUPT_PART') return null
    throw error
  }
}

/** Stored rows that contradicted others in their files, as findings: nothing of it is seen in the rows themselves. */
export function foundInFiles({ kind, timeframe, ...key }: SeriesKey, stored: Table, marks: FileMarks): SeriesFinding[] {
  if (marks.size === 0) return []
  const timesMs = numbersOf(stored, timeColumn(kind))
  const stretches: number[][] = []
  keysOf(kind, stored).forEach((name, row) => {
    if (marks.get(name) !== 'conflictingTime') return
    const last = stretches.at(-1)
    if (last?.at(-1) === row - 1) last.push(row)
    else stretches.push([row])
  })
  return stretches.map(rows => {
    const [fromMs, lastMs] = [timesMs[rows[0]], timesMs[rows[rows.length - 1]]]
    return {
      check: 'conflictingTime',
      severity: 'error',
      range: { fromMs, toMs: lastMs + (timeframe === null ? 1 : timeframeMs(timeframe)) },
      rows: rows.length,
      text: `${whichRows(fromMs, rows.length)}: came with other values as well when imported; the last that came stayed.`,
      details: { ...key, kind },
    }
  })
}

/** A judgement of stored rows whose repairs keep what their files showed. */
export function withMarks(judgement: Judgement, stored: Table, marks: FileMarks): Judgement {
  if (marks.size === 0) return judgement
  const { kind } = judgement.key
  const { rows, reasons, dropped } = judgement.repairs
  const repaired = keysOf(kind, rows)
  const isFilled = (row: number): boolean => reasons[row] === 'gap' && marks.get(repaired[row]) === 'missingValue'
  const done = new Set(repaired)
  const droppedMs = new Set(dropped.map(({ timeMs }) => timeMs))
  const timesMs = numbersOf(stored, timeColumn(kind))
  const marked = keysOf(kind, stored).flatMap((name, row) =>
    marks.get(name) === 'conflictingTime' && !done.has(name) && !droppedMs.has(timesMs[row]) ? [row] : [],
  )
  return {
    ...judgement,
    repairs: {
      rows: joinTables(rows, selectRows(stored, marked)),
      reasons: [
        ...reasons.map((reason, row) => (isFilled(row) ? 'missingValue' : reason)),
        ...marked.map(() => 'conflictingTime'),
      ],
      dropped,
    },
  }
}

const joinTables = (a: Table, b: Table): Table => ({
  length: a.length + b.length,
  columns: Object.fromEntries(
    Object.entries(a.columns).map(([name, values]) => {
      const others = b.columns[name]
      return [
        name,
        values instanceof Float64Array
          ? Float64Array.from([...values, ...(others as Float64Array)])
          : [...values, ...(others as readonly string[])],
      ]
    }),
  ),
})
