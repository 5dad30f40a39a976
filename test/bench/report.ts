import type { Machine } from './machine.ts'

/** One measured figure. What was not measured has no row. */
export interface Row {
  /** Stable: what a script looks it up by. */
  readonly id: string
  readonly value: number
  /** `ms`, `1/s`, `ratio`, `bytes`, `count`, `fraction`. */
  readonly unit: string
  /** How it was measured, where the id does not say. */
  readonly note?: string
}

export interface Table {
  readonly title: string
  /** What one must know to read it. */
  readonly note?: string
  readonly header: readonly string[]
  /** Columns of words, beside the first; the others hold figures. */
  readonly words?: readonly number[]
  readonly rows: readonly (readonly string[])[]
}

/** What a suite found out. */
export interface SuiteResult {
  readonly rows: readonly Row[]
  readonly tables: readonly Table[]
  /** Added to the machine's facts: browser, adapter. */
  readonly machine: Readonly<Record<string, string>>
}

export interface Report {
  readonly suite: string
  readonly machine: Machine
  readonly rows: readonly Row[]
}

/** @throws Error when a figure is no number: it would be read as measured */
export function toReport(suite: string, machine: Machine, result: SuiteResult): Report {
  const odd = result.rows.find(row => !Number.isFinite(row.value))
  if (odd) throw new Error(`The figure ${odd.id} is ${odd.value}.`)
  const ids = result.rows.map(row => row.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice) throw new Error(`The figure ${twice} was reported twice.`)
  return { suite, machine: { ...machine, ...result.machine }, rows: result.rows }
}
