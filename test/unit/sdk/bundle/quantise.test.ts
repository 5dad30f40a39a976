import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dequantiseInt8, quantiseInt8, scaleShape } from '../../../../sdk/bundle/quantise.ts'

describe('quantiseInt8', () => {
  it('gives each output channel the scale max|w| / 127', () => {
    // [in 2, out 2]: columns (1.27, −0.5) and (0, 2.54)
    const { values, scales } = quantiseInt8({ shape: [2, 2], data: Float32Array.of(1.27, 0, -0.5, 2.54) })
    expect(scales[0]).toBeCloseTo(0.01, 8)
    expect(scales[1]).toBeCloseTo(0.02, 8)
    expect([...values]).toEqual([127, 0, -50, 127])
  })

  it('gives each copy of a stack of matrices its own scales', () => {
    // [copies 2, in 1, out 2]
    const { values, scales } = quantiseInt8({ shape: [2, 1, 2], data: Float32Array.of(127, 254, 12.7, -25.4) })
    expect(scaleShape([2, 1, 2])).toEqual([2, 2])
    expect([...values]).toEqual([127, 127, 127, -127])
    for (const [i, scale] of [1, 2, 0.1, 0.2].entries()) expect(scales[i]).toBeCloseTo(scale, 6)
  })

  it('keeps a channel of zeros at zero', () => {
    const back = dequantiseInt8(quantiseInt8({ shape: [2, 1], data: new Float32Array(2) }))
    expect([...back.data]).toEqual([0, 0])
  })

  it('moves no weight by more than half the scale of its channel', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .chain(shape =>
        fc
          .array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), {
            minLength: shape[0] * shape[1] * shape[2],
            maxLength: shape[0] * shape[1] * shape[2],
          })
          .map(values => ({ shape, data: Float32Array.from(values) })),
      )
    fc.assert(
      fc.property(matrix, tensor => {
        const [, inputs, outputs] = tensor.shape
        const back = dequantiseInt8(quantiseInt8(tensor))
        expect(back.shape).toEqual(tensor.shape)
        tensor.data.forEach((weight, i) => {
          const copy = Math.floor(i / (inputs * outputs))
          const column = Array.from(
            { length: inputs },
            (_, row) => tensor.data[(copy * inputs + row) * outputs + (i % outputs)],
          )
          const scale = Math.max(...column.map(Math.abs)) / 127
          // Scales and products are float32: a little room for their rounding; and numbers too small for a scale are lost.
          expect(Math.abs(back.data[i] - weight)).toBeLessThanOrEqual(scale / 2 + Math.abs(weight) * 2e-7 + 2 ** -142)
        })
      }),
    )
  })

  it('refuses a vector', () => {
    expect(() => quantiseInt8({ shape: [3], data: new Float32Array(3) })).toThrow(
      expect.objectContaining({ code: 'NOT_QUANTISABLE' }),
    )
  })
})
