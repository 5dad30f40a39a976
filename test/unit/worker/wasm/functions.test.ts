import { beforeAll, describe, expect, it } from 'vitest'
import { compileKernels } from '../../../../worker/wasm/compile-kernels.ts'

interface Functions {
  mapExp2(vectors: number): void
  mapSigmoid(vectors: number): void
  mapEluPlusOne(vectors: number): void
  mapSoftplus(vectors: number): void
}

const COUNT = 8192
const memory = new WebAssembly.Memory({ initial: 1 })
let functions: Functions

beforeAll(async () => {
  const bytes = await compileKernels('plain', 'test/fixtures/wasm-kernels/functions.ts')
  const { instance } = await WebAssembly.instantiate(bytes as BufferSource, { env: { memory } })
  functions = instance.exports as unknown as Functions
})

/** Evenly spaced in ±limit. */
const grid = (limit: number) => Float32Array.from({ length: COUNT }, (_, i) => limit * ((2 * i) / (COUNT - 1) - 1))

function apply(name: keyof Functions, x: Float32Array): Float32Array {
  const values = new Float32Array(memory.buffer, 0, COUNT)
  values.set(x)
  functions[name](COUNT / 4)
  return values.slice()
}

const largest = (x: Float32Array, error: (x: number, i: number) => number) =>
  x.reduce((max, value, i) => Math.max(max, error(value, i)), 0)

describe('the kernels’ functions against Math in float64', () => {
  it.each([
    ['2^x', 'mapExp2', 126, (x: number) => 2 ** x, 2.5e-7],
    ['log(1 + eˣ), far below 0', 'mapSoftplus', 60, (x: number) => Math.log1p(Math.exp(x)), 5e-6],
    ['log(1 + eˣ) where heads use it', 'mapSoftplus', 12, (x: number) => Math.log1p(Math.exp(x)), 1e-6],
  ] as const)('%s is right to a relative %s', (_, name, limit, exact, tolerance) => {
    const x = grid(limit)
    const y = apply(name, x)
    expect(largest(x, (value, i) => Math.abs(y[i] / exact(value) - 1))).toBeLessThan(tolerance)
  })

  it.each([
    ['sigmoid', 'mapSigmoid', 100, (x: number) => 1 / (1 + Math.exp(-x)), 2e-7],
    ['ELU + 1', 'mapEluPlusOne', 6, (x: number) => (x > 0 ? x : Math.expm1(x)) + 1, 1e-6],
  ] as const)('%s is right to an absolute rounding', (_, name, limit, exact, tolerance) => {
    const x = grid(limit)
    const y = apply(name, x)
    expect(largest(x, (value, i) => Math.abs(y[i] - exact(value)))).toBeLessThan(tolerance)
  })

  it('stays finite for any float32', () => {
    const extremes = new Float32Array(COUNT).map((_, i) => [2e38, -2e38, 1e-45, 0, -1e30, 200, -200][i % 7])
    for (const name of ['mapExp2', 'mapSigmoid', 'mapEluPlusOne', 'mapSoftplus'] as const) {
      expect([...apply(name, extremes)].every(Number.isFinite), name).toBe(true)
    }
  })
})
