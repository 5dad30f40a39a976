import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../../../../worker/plan/plan.ts'
import { gateOrder, inOrder, unitOrder } from '../../../../worker/webgpu/column-order.ts'
import { WeightPacker } from '../../../../worker/webgpu/weight-packer.ts'

const arbitraryMatrix = fc
  .record({ rows: fc.integer({ min: 1, max: 13 }), columns: fc.integer({ min: 1, max: 13 }), seed: fc.nat() })
  .map(({ rows, columns, seed }): Matrix => {
    const values = Int8Array.from({ length: rows * columns }, (_, i) => ((i + 1) * (seed + 77)) % 255)
    const scales = Float32Array.from({ length: columns }, (_, c) => 0.01 * (c + 1))
    const data = Float64Array.from(values, (v, i) => v * scales[i % columns])
    return { rows, columns, data, int8: { values, scales } }
  })

/** What a shader reads: the weight of an input and an output, from tiles of 4 × 4. */
function weightAt(pack: WeightPacker, packed: ReturnType<WeightPacker['matrix']>, input: number, output: number) {
  const tile = Math.floor(output / 4) * packed.innerQuads + Math.floor(input / 4)
  if (!packed.int8) return pack.vectors()[4 * (packed.base + 4 * tile + (output % 4)) + (input % 4)]
  const word = pack.matrices()[4 * (packed.base + tile) + (output % 4)]
  const value = (word << (24 - 8 * (input % 4))) >> 24
  return value * pack.vectors()[4 * packed.scales + output]
}

describe('packed weights', () => {
  it('keep every int8 as the bundle has it, with its scale, and 0 where there is padding', () => {
    fc.assert(
      fc.property(arbitraryMatrix, fc.nat({ max: 3 }), (matrix, before) => {
        const pack = new WeightPacker('unpack')
        for (let i = 0; i < before; i++) pack.vector([1, 2, 3, 4, 5])
        const packed = pack.matrix(matrix)
        for (let input = 0; input < 4 * packed.innerQuads; input++) {
          for (let output = 0; output < 4 * packed.outerQuads; output++) {
            const inside = input < matrix.rows && output < matrix.columns
            const at = input * matrix.columns + output
            const expected = inside ? matrix.int8!.values[at] * matrix.int8!.scales[output] : 0
            expect(weightAt(pack, packed, input, output)).toBe(expected)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('hold 2⁻²⁴ in the scales when bytes are decoded by masks, which is exact', () => {
    fc.assert(
      fc.property(arbitraryMatrix, matrix => {
        const [masked, unpacked] = [new WeightPacker('mask'), new WeightPacker('unpack')]
        masked.matrix(matrix)
        unpacked.matrix(matrix)
        expect(masked.matrices()).toEqual(unpacked.matrices())
        expect(masked.vectors().map(scale => scale * 2 ** 24)).toEqual(unpacked.vectors())
      }),
      { numRuns: 20 },
    )
  })

  it('take float32 where the bundle has no int8', () => {
    fc.assert(
      fc.property(arbitraryMatrix, ({ int8: _, ...matrix }) => {
        const pack = new WeightPacker('mask')
        const packed = pack.matrix(matrix)
        expect(packed.int8).toBe(false)
        for (let input = 0; input < matrix.rows; input++) {
          for (let output = 0; output < matrix.columns; output++) {
            const expected = Math.fround(matrix.data[input * matrix.columns + output])
            expect(weightAt(pack, packed, input, output)).toBe(expected)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  it('put columns in the order asked for: gates behind values, an LSTM’s unit by unit', () => {
    expect([...inOrder(0, 5)]).toEqual([0, 1, 2, 3, 4, -1, -1, -1])
    expect([...gateOrder(3).columns]).toEqual([0, 1, 2, -1, 3, 4, 5, -1])
    expect([...unitOrder(2).columns]).toEqual([0, 2, 4, 6, 1, 3, 5, 7])
    const matrix: Matrix = { rows: 1, columns: 8, data: Float64Array.of(10, 11, 20, 21, 30, 31, 40, 41) }
    const pack = new WeightPacker('mask')
    const packed = pack.matrix(matrix, unitOrder(2))
    const columns = Array.from({ length: 8 }, (_, output) => weightAt(pack, packed, 0, output))
    expect(columns).toEqual([10, 20, 30, 40, 11, 21, 31, 41])
  })

  it('of one owner are packed once', () => {
    const pack = new WeightPacker('mask')
    const owner = {}
    const base = pack.once(owner, 'bias', () => pack.vector([1]))
    expect(pack.once(owner, 'bias', () => pack.vector([1]))).toBe(base)
    expect(pack.vectors().length).toBe(4)
  })
})
