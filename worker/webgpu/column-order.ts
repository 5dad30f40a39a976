import { quadsOf } from './wgsl.ts'

/** An affine map whose columns are laid out anew: target column → source column, −1 for padding. */
export interface ColumnOrder {
  readonly key: string
  readonly columns: Int32Array
}

/** An LSTM's columns unit by unit, so that a unit's four gates are one quad. */
export const unitOrder = (D: number): ColumnOrder => ({
  key: 'units',
  columns: Int32Array.from({ length: 4 * D }, (_, i) => (i % 4) * D + Math.floor(i / 4)),
})

/** Columns head by head, each padded to whole quads. */
export function headOrder(heads: number, depth: number): ColumnOrder {
  const columns = new Int32Array(4 * heads * quadsOf(depth)).fill(-1)
  for (let c = 0; c < heads * depth; c++) {
    columns[Math.floor(c / depth) * 4 * quadsOf(depth) + (c % depth)] = c
  }
  return { key: `heads of ${depth}`, columns }
}

/** The columns `from … to` in order, padded to whole quads with −1. */
export const inOrder = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: 4 * quadsOf(to - from) }, (_, i) => (from + i < to ? from + i : -1))

/** Value columns, then gate columns, each padded to whole quads. */
export function gateOrder(width: number): ColumnOrder {
  return { key: 'gate', columns: Int32Array.from([...inOrder(0, width), ...inOrder(width, 2 * width)]) }
}
