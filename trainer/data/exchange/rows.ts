import { type DataKind, KINDS, type Table, timeColumn } from '../kind.ts'

/** One row of a kind, by the names of its columns. */
export type Row = Readonly<Record<string, number | string>>

/** Rows by column, as the kind's schema has them. */
export function rowsToTable(kind: DataKind, rows: readonly Row[]): Table {
  const columns = Object.entries(KINDS[kind].columns).map(([name, { type }]) => [
    name,
    type === 'text' ? rows.map(row => String(row[name])) : Float64Array.from(rows, row => Number(row[name])),
  ])
  return { length: rows.length, columns: Object.fromEntries(columns) }
}

export const rowTimeMs = (kind: DataKind, row: Row): number => Number(row[timeColumn(kind)])

/** What tells a row from the others of its kind. */
export const rowKey = (kind: DataKind, row: Row): string => KINDS[kind].key.map(name => row[name]).join(' ')

/** Why rows of an exchange's answer cannot be right, or null: a value is missing, or one key stands for two rows. */
export function wrongRows(kind: DataKind, rows: readonly Row[]): string | null {
  const schema: Readonly<Record<string, { readonly type: string; readonly optional?: true }>> = KINDS[kind].columns
  const seen = new Map<string, string>()
  for (const row of rows) {
    for (const [name, { type, optional }] of Object.entries(schema)) {
      const value = row[name]
      if (type === 'text' ? value === '' : !optional && !Number.isFinite(value)) return `${name} is ${value} in a row`
    }
    const key = rowKey(kind, row)
    const text = JSON.stringify(row)
    if ((seen.get(key) ?? text) !== text) return `two different rows of ${key}: ${seen.get(key)} and ${text}`
    seen.set(key, text)
  }
  return null
}
