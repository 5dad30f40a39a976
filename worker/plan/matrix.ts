import type { Weights, WeightTensor } from '../../sdk/engine.ts'
import type { Dense, Matrix } from './plan.ts'

/** The parameter of that name. Its absence is a fault of this program: bundles are checked against their network. */
export function tensorOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name)
  if (!tensor) throw new Error(`There is no weight '${name}'.`)
  return tensor
}

/** A parameter's matrix; of a parameter with copies (one per variable), that of `copy`. */
export function matrixOf(weights: Weights, name: string, copy = 0): Matrix {
  const { shape, data, int8 } = tensorOf(weights, name)
  const [rows, columns] = shape.slice(-2)
  const from = copy * rows * columns
  const to = from + rows * columns
  return {
    rows,
    columns,
    data: new Float64Array(data.subarray(from, to)),
    ...(int8
      ? {
          int8: {
            values: int8.values.subarray(from, to),
            scales: int8.scales.subarray(copy * columns, (copy + 1) * columns),
          },
        }
      : {}),
  }
}

/** A parameter's vector; of a parameter with copies, that of `copy`. */
export function vectorOf(weights: Weights, name: string, copy = 0): Float64Array {
  const { shape, data } = tensorOf(weights, name)
  const width = shape.at(-1)!
  return new Float64Array(data.subarray(copy * width, (copy + 1) * width))
}

/** `name.w` and `name.b`. */
export const denseOf = (weights: Weights, name: string, copy = 0): Dense => ({
  matrix: matrixOf(weights, `${name}.w`, copy),
  bias: vectorOf(weights, `${name}.b`, copy),
})

/** `a · b`. Every load multiplies some millions of numbers here, in code that is not yet compiled: hence the plain loops. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const { rows, columns: K, data: left } = a
  const { columns, data: right } = b
  const data = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    const to = i * columns
    for (let k = 0; k < K; k++) {
      const factor = left[i * K + k]
      const from = k * columns
      for (let j = 0; j < columns; j++) data[to + j] += factor * right[from + j]
    }
  }
  return { rows, columns, data }
}

/** A vector as a matrix of one row. */
export const row = (data: Float64Array): Matrix => ({ rows: 1, columns: data.length, data })

/** `x · matrix + bias` of one vector. */
export const affine = (x: Float64Array, { matrix, bias }: Dense): Float64Array =>
  sum(multiply(row(x), matrix).data, bias)

/** Two affine maps, one after the other, as one. */
export const compose = (first: Dense, second: Dense): Dense => ({
  matrix: multiply(first.matrix, second.matrix),
  bias: affine(first.bias, second),
})

export const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => x + b[i])
