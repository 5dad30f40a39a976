import type { Dense, GatedUnit, Matrix, SymbolVectors } from '../plan/plan.ts'

export const padTo = (multiple: number, n: number): number => Math.ceil(n / multiple) * multiple

/** A column that is there to fill up a panel. */
const NONE = -1

/** The columns 0 … n − 1, filled up to fours. */
const columnsOf = (n: number): number[] => Array.from({ length: padTo(4, n) }, (_, i) => (i < n ? i : NONE))

type Scale = (column: number) => number
const ONE: Scale = () => 1

/** `[N/4][K][4]`: what `dense` reads from front to back. */
export function packPanels(matrix: Matrix, order = columnsOf(matrix.columns), scale = ONE): Float64Array {
  const { rows: K, columns: N, data } = matrix
  const packed = new Float64Array(order.length * K)
  for (let i = 0; i < order.length; i++) {
    const column = order[i]
    if (column === NONE) continue
    const panel = (i >> 2) * K * 4 + (i & 3)
    const factor = scale(column)
    for (let k = 0; k < K; k++) packed[panel + k * 4] = data[k * N + column] * factor
  }
  return packed
}

export function packVector(vector: ArrayLike<number>, order = columnsOf(vector.length), scale = ONE): Float64Array {
  return Float64Array.from(order, column => (column === NONE ? 0 : vector[column] * scale(column)))
}

/** Panels, then the bias. */
export const packDense = ({ matrix, bias }: Dense, scale = ONE, order = columnsOf(matrix.columns)): Float64Array =>
  join(packPanels(matrix, order, scale), packVector(bias, order, scale))

export const withoutBias = (matrix: Matrix): Dense => ({ matrix, bias: new Float64Array(matrix.columns) })

/** Row-major `[K][N]` in the given order of columns. */
export function packRows({ rows: K, columns: N, data }: Matrix, order: readonly number[], scale = ONE): Float64Array {
  const packed = new Float64Array(K * order.length)
  order.forEach((column, i) => {
    if (column === NONE) return
    const factor = scale(column)
    for (let k = 0; k < K; k++) packed[k * order.length + i] = data[k * N + column] * factor
  })
  return packed
}

/** The columns 0 … n − 1, filled up to eights. */
export const eights = (n: number): number[] => Array.from({ length: padTo(8, n) }, (_, i) => (i < n ? i : NONE))

/**
 * What `gatedUnit` reads.
 * @param o `afterElu`: the unit's input comes as ELU + 1, so the bias takes the 1 out again; `normScale` multiplies the
 *   layer norm's gain and offset.
 */
export function packUnit(unit: GatedUnit, o: { afterElu?: boolean; normScale?: number } = {}): Float64Array {
  const { rows: K, columns, data } = unit.gate.matrix
  const N = unit.gain.length
  const order = [...columnsOf(N), ...columnsOf(N).map(column => (column === NONE ? NONE : column + N))]
  const scale: Scale = column => (column < N ? 1 : -Math.LOG2E)
  const bias = Float64Array.from(unit.gate.bias)
  if (o.afterElu) {
    for (let k = 0; k < K; k++) {
      for (let n = 0; n < columns; n++) bias[n] -= data[k * columns + n]
    }
  }
  const norm: Scale = () => o.normScale ?? 1
  return join(
    packPanels(unit.gate.matrix, order, scale),
    packVector(bias, order, scale),
    packVector(unit.gain, undefined, norm),
    packVector(unit.offset, undefined, norm),
  )
}

/** One padded vector per symbol, `[symbols][width]`, and how to find a symbol's. */
export function packSymbolVectors({ width, data }: SymbolVectors, multiple: number, scale = 1) {
  const wide = padTo(multiple, width)
  const count = data.length / width
  const packed = new Float64Array(count * wide)
  for (let symbol = 0; symbol < count; symbol++) {
    for (let i = 0; i < width; i++) packed[symbol * wide + i] = data[symbol * width + i] * scale
  }
  return { packed, strideBytes: count === 1 ? 0 : wide * 4 }
}

export function join(...parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
