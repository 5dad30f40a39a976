import type { Table } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { findInconsistentBooks } from './book-checks.ts'
import { type PreparedTable, prepareTable } from './prepared-table.ts'
import { SERIES_CHECKS, type SeriesFinding } from './series-finding.ts'
import { findImpossibleTableRows, findTableDuplicates, findTableOrder } from './table-row-checks.ts'
import { findConstantRuns, findTableGaps, findValueOutliers } from './table-series-checks.ts'

const CHECKS: readonly ((prepared: PreparedTable) => SeriesFinding[])[] = [
  findImpossibleTableRows,
  findTableOrder,
  findTableDuplicates,
  findInconsistentBooks,
  findTableGaps,
  findConstantRuns,
  findValueOutliers,
]

export interface AssessedTable {
  readonly findings: SeriesFinding[]
  readonly prepared: PreparedTable
}

/** Looks for defects in rows of any kind but candles, from the schema of the kind; see the checks for their thresholds. */
export function assessTable(key: SeriesKey, table: Table, nowMs?: number): AssessedTable {
  const prepared = prepareTable(key, table, nowMs)
  const findings = CHECKS.flatMap(find => find(prepared)).sort(
    (a, b) => SERIES_CHECKS.indexOf(a.check) - SERIES_CHECKS.indexOf(b.check) || a.range.fromMs - b.range.fromMs,
  )
  return { findings, prepared }
}
