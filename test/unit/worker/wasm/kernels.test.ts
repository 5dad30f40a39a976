import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Dense } from '../../../../worker/plan/plan.ts'
import { strideSteps } from '../../../../worker/wasm/frame.ts'
import { instantiateKernels } from '../../../../worker/wasm/instantiate-kernels.ts'
import type { Kernels } from '../../../../worker/wasm/kernels.ts'
import { LinearMemory } from '../../../../worker/wasm/linear-memory.ts'
import { packDense, packUnit, padTo } from '../../../../worker/wasm/pack.ts'
import { uniform } from '../../../fixtures/random-network.ts'

let memory: LinearMemory
let kernels: Kernels
beforeEach(async () => {
  memory = new LinearMemory()
  kernels = (await instantiateKernels(memory.memory, { relaxedSimd: true })).kernels
})

const size = fc.integer({ min: 1, max: 37 })
const numbers = (seed: number, length: number) => {
  const random = uniform(seed)
  return Float64Array.from({ length }, () => Math.fround(2 * random() - 1))
}

/** `[rows][steps]` in memory, room for whole tiles behind. */
function placeRows(rows: number, steps: number, value: (row: number, step: number) => number) {
  const stride = strideSteps(steps)
  const at = memory.allocate(padTo(8, rows) * stride, 'rows')
  for (let r = 0; r < rows; r++) for (let t = 0; t < steps; t++) memory.floats[at / 4 + r * stride + t] = value(r, t)
  return { at, stride: stride * 4, get: (row: number, step: number) => memory.floats[at / 4 + row * stride + step] }
}

describe('the kernel', () => {
  it('linear multiplies sequences of any width and length by matrices of any width', () => {
    fc.assert(
      fc.property(size, size, size, fc.nat(), (K, N, steps, seed) => {
        const dense: Dense = {
          matrix: { rows: K, columns: N, data: numbers(seed, K * N) },
          bias: numbers(seed + 1, N),
        }
        const input = numbers(seed + 2, K * steps)
        const x = placeRows(K, steps, (k, t) => input[k * steps + t])
        const y = placeRows(N, steps, () => Number.NaN)
        kernels.linear(x.at, x.stride, steps, K, memory.place(packDense(dense), 'dense'), N, y.at, y.stride)
        for (let n = 0; n < N; n++) {
          for (let t = 0; t < steps; t++) {
            let sum = dense.bias[n]
            for (let k = 0; k < K; k++) sum += input[k * steps + t] * dense.matrix.data[k * N + n]
            expect(y.get(n, t)).toBeCloseTo(sum, 4)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('transpose turns rows of any number and width, and writes nothing beside', () => {
    fc.assert(
      fc.property(size, size, (rows, columns) => {
        const from = memory.place(
          Float32Array.from({ length: rows * columns }, (_, i) => i),
          'from',
        )
        const to = memory.place(new Float32Array((rows + 1) * columns).fill(-1), 'to')
        kernels.transpose(from, columns * 4, rows, columns, to, (rows + 1) * 4)
        for (let c = 0; c < columns; c++) {
          for (let r = 0; r < rows; r++) {
            expect(memory.floats[to / 4 + c * (rows + 1) + r]).toBe(r * columns + c)
          }
          expect(memory.floats[to / 4 + c * (rows + 1) + rows]).toBe(-1)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('gateAddNorm normalises features whose mean dwarfs their spread', () => {
    const N = 32
    const open = { matrix: { rows: 1, columns: 2 * N, data: new Float64Array(2 * N) }, bias: new Float64Array(2 * N) }
    const unit = packUnit({ gate: open, gain: new Float64Array(N).fill(1), offset: new Float64Array(N) })
    const noise = numbers(1, N)
    const value = (n: number) => Math.fround(10_000 + noise[n])
    const x = placeRows(1, 8, () => 0)
    const skip = placeRows(N, 8, value)
    const out = placeRows(N, 8, () => Number.NaN)
    const scratch = memory.allocate(2 * N * 8, 'scratch')
    const packed = memory.place(unit, 'unit')
    kernels.gateAddNorm(x.at, x.stride, 8, 1, packed, N, skip.at, skip.stride, scratch, out.at, out.stride)

    const features = Array.from({ length: N }, (_, n) => value(n))
    const mean = features.reduce((sum, f) => sum + f / N, 0)
    const variance = features.reduce((sum, f) => sum + (f - mean) ** 2 / N, 0)
    features.forEach((f, n) => {
      expect(out.get(n, 3)).toBeCloseTo((f - mean) / Math.sqrt(variance + 1e-5), 2)
    })
  })

  describe('attention', () => {
    const [queries, keys, heads, depth] = [11, 18, 2, 3]

    function attend(change: (key: number) => number) {
      const random = numbers(7, keys * heads * depth)
      const query = placeRows(heads * depth, queries, (r, t) => 3 * random[r * queries + t])
      const key = placeRows(heads * depth, keys, (r, t) => random[r * keys + t] * change(t))
      const value = memory.place(
        Float32Array.from({ length: (keys + 8) * 8 }, (_, i) => random[i % 50] * change(i >> 3)),
        'value',
      )
      const zeros = memory.allocate(padTo(4, keys), 'zeros')
      const scratch = memory.allocate((padTo(4, keys) + 1) * 8, 'scratch')
      const pattern = memory.allocate(padTo(8, queries) * keys, 'pattern')
      const out = placeRows(depth, queries, () => Number.NaN)
      const [q, k] = [query, key]
      kernels.attention(
        ...([q.at, q.stride, k.at, k.stride, value, queries, keys, heads, depth, zeros, scratch, pattern] as const),
        ...([out.at, out.stride] as const),
      )
      const weight = (i: number, j: number) => memory.floats[pattern / 4 + (i >> 3) * keys * 8 + j * 8 + (i & 7)]
      return { out, weight }
    }

    it('gives each query weights that sum to 1 over what it sees, and exactly 0 behind', () => {
      const { weight } = attend(() => 1)
      for (let i = 0; i < queries; i++) {
        let sum = 0
        for (let j = 0; j < keys; j++) {
          sum += weight(i, j)
          if (j > keys - queries + i) expect(weight(i, j)).toBe(0)
          else expect(weight(i, j)).toBeGreaterThan(0)
        }
        expect(sum).toBeCloseTo(1, 6)
      }
    })

    it('lets later keys change no bit of a query’s answer', () => {
      const same = attend(() => 1)
      const other = attend(key => (key > 12 ? 1e6 : 1))
      for (let i = 0; i + keys - queries <= 12; i++) {
        for (let d = 0; d < depth; d++) expect(other.out.get(d, i)).toBe(same.out.get(d, i))
      }
    })
  })
})
