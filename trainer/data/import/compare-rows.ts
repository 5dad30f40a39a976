import { type DataKind, KINDS, type Table } from '../kind.ts'
import { keyOrder, selectRows } from '../store/page-rows.ts'

/** How rows stand to those that are stored. */
export interface Comparison {
  /** Not stored yet. */
  readonly added: number
  /** Stored with other values. */
  readonly changed: number
  readonly same: number
}

/**
 * Counts by key how `table` differs from `stored`. Of rows of `table` with the same key the last counts, as in a store.
 * @param stored Sorted by key, each key once.
 */
export function compareRows(kind: DataKind, table: Table, stored: Table): Comparison {
  const names = Object.keys(KINDS[kind].columns)
  const order = keyOrder(kind, table)
  const rows = order === null ? table : selectRows(table, order)
  const compareKeys = (row: number, other: number): number => {
    for (const name of KINDS[kind].key) {
      const [a, b] = [rows.columns[name][row], stored.columns[name][other]]
      if (a !== b) return a < b ? -1 : 1
    }
    return 0
  }
  const isSame = (row: number, other: number): boolean =>
    names.every(name => isSameValue(rows.columns[name][row], stored.columns[name][other]))
  let [added, changed, same, other] = [0, 0, 0, 0]
  for (let row = 0; row < rows.length; row++) {
    while (other < stored.length && compareKeys(row, other) > 0) other++
    if (other >= stored.length || compareKeys(row, other) < 0) added++
    else if (isSame(row, other)) same++
    else changed++
  }
  return { added, changed, same }
}

/** What is unknown is the same as what is unknown. */
const isSameValue = (a: number | string, b: number | string): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))
