import type { Severity } from '../../../sdk/candle/quality/finding.ts'
import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { formatTimeMs } from '../../../sdk/units.ts'
import type { PreparedTable } from './prepared-table.ts'
import type { SeriesFinding, TableCheck } from './series-finding.ts'

const SEVERITIES: Readonly<Record<TableCheck, Severity>> = {
  missingValue: 'error',
  outOfRange: 'error',
  timeOrder: 'error',
  conflictingTime: 'error',
  duplicateTime: 'warning',
  crossedBook: 'error',
  inconsistentBook: 'error',
  gap: 'warning',
  constantRun: 'warning',
  valueOutlier: 'warning',
}

/** Neighbouring rows with the same defect. */
export interface RowStretch {
  readonly range: TimeRange
  readonly rows: readonly number[]
}

/** Puts rows together that follow each other in `inOrder`. */
export function joinRows(
  { timesMs, intervalMs }: PreparedTable,
  inOrder: readonly number[],
  isIt: (row: number, position: number) => boolean,
): RowStretch[] {
  const stretches: number[][] = []
  let lastPosition = -2
  inOrder.forEach((row, position) => {
    if (!isIt(row, position)) return
    if (lastPosition === position - 1) stretches[stretches.length - 1].push(row)
    else stretches.push([row])
    lastPosition = position
  })
  return stretches.map(rows => {
    const [first, last] = [timesMs[rows[0]], timesMs[rows[rows.length - 1]]]
    return { range: { fromMs: Math.min(first, last), toMs: Math.max(first, last) + (intervalMs ?? 1) }, rows }
  })
}

export function makeSeriesFinding(
  check: TableCheck,
  { key }: PreparedTable,
  o: {
    readonly range: TimeRange
    readonly rows: number
    readonly text: string
    readonly details?: Record<string, unknown>
  },
): SeriesFinding {
  const { exchange, symbol, kind } = key
  return {
    check,
    severity: SEVERITIES[check],
    range: o.range,
    rows: o.rows,
    text: o.text,
    details: { exchange, symbol, kind, ...o.details },
  }
}

/** `2021-02-11T03:00:00Z`, or `4 rows from …` where there are several. */
export const whichRows = (timeMs: number, rows: number): string =>
  rows === 1 ? formatTimeMs(timeMs) : `${rows.toLocaleString('en-US')} rows from ${formatTimeMs(timeMs)}`
