import { type Network, networkParameters, type ParameterSpec } from '../../models/blocks.ts'
import type { Weights, WeightTensor } from '../../sdk/engine.ts'
import { createRandom, type Random } from '../../sdk/random.ts'

/** Seeded initial parameters of a network, each by its `init`. */
export function initialWeights(network: Network, seed: number): Map<string, WeightTensor> {
  const random = createRandom(seed, 'weights')
  return new Map(
    networkParameters(network).map(spec => [spec.name, { shape: spec.shape, data: initial(spec, random) }]),
  )
}

function initial({ shape, init }: ParameterSpec, random: Random): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1)
  const columns = shape.at(-1)!
  const uniform = (limit: number) => Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * limit)
  switch (init) {
    case 'zeros':
      return new Float32Array(size)
    case 'ones':
      return new Float32Array(size).fill(1)
    case 'lstmBias': // the forget gate starts open (Jozefowicz et al. 2015)
      return Float32Array.from({ length: size }, (_, i) => (Math.floor(i / (size / 4)) === 1 ? 1 : 0))
    case 'embedding': // one scalar or class fans out to `columns`
      return uniform(Math.sqrt(6 / (1 + columns)))
    case 'glorotUniform':
      return uniform(Math.sqrt(6 / (shape.at(-2)! + columns)))
    case 'orthogonal':
      return orthogonalGates(shape[0]!, columns, random)
  }
}

/** `[D, 4D]`: an orthogonal matrix per gate (Saxe et al. 2014), by Gram–Schmidt on normal columns. */
function orthogonalGates(rows: number, columns: number, random: Random): Float32Array {
  const out = new Float32Array(rows * columns)
  for (let gate = 0; gate < columns / rows; gate++) {
    const basis: Float64Array[] = []
    while (basis.length < rows) {
      const candidate = Float64Array.from({ length: rows }, () => random.normal())
      for (const unit of basis) {
        const along = dot(candidate, unit)
        for (let i = 0; i < rows; i++) candidate[i]! -= along * unit[i]!
      }
      const length = Math.sqrt(dot(candidate, candidate))
      if (length > 1e-6) basis.push(candidate.map(x => x / length))
    }
    basis.forEach((column, j) => {
      for (let i = 0; i < rows; i++) out[i * columns + gate * rows + j] = column[i]!
    })
  }
  return out
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)

/**
 * Lets a monotone quantile head start at given quantiles for every input: the biases are set to them and the matrix is
 * made small, so that training begins at the baseline `ex-ante volatility × unconditional quantiles`.
 * @param quantiles `[H][Q]`, strictly ascending per row
 */
export function startHeadAt(weights: Weights, head: string, quantiles: readonly (readonly number[])[]): void {
  const { data: matrix } = weights.get(`${head}.w`)!
  const { data: bias } = weights.get(`${head}.b`)!
  for (let i = 0; i < matrix.length; i++) matrix[i]! *= 0.1
  quantiles.forEach((row, h) => {
    const columns = row.length + 1
    bias[h * columns] = 0
    bias[h * columns + 1] = row[(row.length - 1) / 2]!
    for (let i = 0; i + 1 < row.length; i++) {
      bias[h * columns + 2 + i] = inverseSoftplus(Math.max(row[i + 1]! - row[i]!, 1e-3))
    }
  })
}

const inverseSoftplus = (y: number) => (y > 20 ? y : Math.log(Math.expm1(y)))
