import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSafetensors, type Tensor, writeSafetensors } from '../../../../sdk/bundle/safetensors.ts'
import { BundleError } from '../../../../sdk/errors.ts'

/** Bytes put together by hand from the format's description. */
function fileOf(header: string | object, data: number[] = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const length = [0, 8, 16, 24, 32, 40, 48, 56].map(shift => Number((BigInt(json.length) >> BigInt(shift)) & 0xffn))
  return Uint8Array.from([...length, ...json, ...data])
}

const failure = (bytes: Uint8Array): BundleError => {
  try {
    readSafetensors(bytes, 'w.safetensors')
  } catch (error) {
    if (error instanceof BundleError) return error
    throw error
  }
  throw new Error('It was read.')
}

const oneFloat = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }

describe('readSafetensors', () => {
  it('reads a file written by PyTorch’s safetensors package', async () => {
    const bytes = await readFile(new URL('../../../fixtures/golden/tft-reference/inputs.safetensors', import.meta.url))
    const tensors = readSafetensors(bytes, 'inputs.safetensors')
    expect([...tensors].map(([name, t]) => [name, t.dtype, t.shape])).toEqual([
      ['sym', 'I32', [8]],
      ['obs', 'F32', [8, 96, 12]],
      ['known', 'F32', [8, 120, 6]],
      ['target', 'F32', [8, 24]],
    ])
    const observed = tensors.get('obs')!.data
    // The same number read by Node's own reader of buffers: the data starts after 8 + 304 bytes, 'obs' 32 further on.
    expect(observed[100]).toBe(bytes.readFloatLE(8 + 304 + 32 + 400))
    expect([...observed].every(Number.isFinite)).toBe(true)
  })

  it('reads bytes put together by hand, little-endian', () => {
    const tensors = readSafetensors(
      fileOf(
        {
          __metadata__: { by: 'hand' },
          q: { dtype: 'I8', shape: [3], data_offsets: [8, 11] },
          w: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
        },
        [0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0, 0x7f, 0x80, 0xff],
      ),
      'w.safetensors',
    )
    expect(tensors.get('w')).toEqual({ dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, -2.5) })
    expect(tensors.get('q')).toEqual({ dtype: 'I8', shape: [3], data: Int8Array.of(127, -128, -1) })
    expect(tensors.size).toBe(2)
  })

  it('reads tensors at any alignment, from the middle of a larger buffer', () => {
    const file = fileOf({ odd: { dtype: 'F32', shape: [], data_offsets: [0, 4] } }, [0, 0, 0x80, 0x3f])
    const larger = new Uint8Array(file.length + 3)
    larger.set(file, 3)
    expect(readSafetensors(larger.subarray(3), 'w').get('odd')!.data[0]).toBe(1)
  })

  it.each([
    ['no header length', Uint8Array.of(1, 0, 0), 'TRUNCATED_TENSORS', '3 bytes'],
    ['half a header', fileOf({ w: oneFloat }).slice(0, 20), 'TRUNCATED_TENSORS', 'the file has 20'],
    ['a missing data byte', fileOf({ w: oneFloat }, [0, 0, 0]), 'TRUNCATED_TENSORS', "'w' lies at [0, 4]"],
    [
      'an impossible header length',
      Uint8Array.from([...Array(8).fill(255), 1]),
      'INVALID_TENSOR_HEADER',
      '18446744073709551615',
    ],
    ['a header that is not JSON', fileOf('{"w":'), 'INVALID_TENSOR_HEADER', 'not JSON'],
    ['a header that is a list', fileOf('[]'), 'INVALID_TENSOR_HEADER', 'not a JSON object'],
    ['a negative size', fileOf({ w: { ...oneFloat, shape: [-1] } }, [0, 0, 0, 0]), 'INVALID_TENSOR_HEADER', "'w'"],
    ['a tensor without offsets', fileOf({ w: { dtype: 'F32', shape: [1] } }), 'INVALID_TENSOR_HEADER', "'w'"],
    ['a dtype bundles do not use', fileOf({ w: { ...oneFloat, dtype: 'BF16' } }), 'UNSUPPORTED_DTYPE', 'BF16'],
    ['a dtype named like a method', fileOf({ w: { ...oneFloat, dtype: 'toString' } }), 'UNSUPPORTED_DTYPE', 'toString'],
    [
      'overlapping tensors',
      fileOf({ a: oneFloat, b: { ...oneFloat, data_offsets: [2, 6] } }, Array(6).fill(0)),
      'INVALID_TENSOR_LAYOUT',
      'overlaps',
    ],
    [
      'a hole between tensors',
      fileOf({ a: oneFloat, b: { ...oneFloat, data_offsets: [5, 9] } }, Array(9).fill(0)),
      'INVALID_TENSOR_LAYOUT',
      'hole',
    ],
    [
      'a shape that does not fit its bytes',
      fileOf({ w: { ...oneFloat, shape: [2] } }, Array(4).fill(0)),
      'INVALID_TENSOR_LAYOUT',
      '8 bytes',
    ],
    [
      'bytes that belong to no tensor',
      fileOf({ w: oneFloat }, Array(5).fill(0)),
      'INVALID_TENSOR_LAYOUT',
      'there are 5',
    ],
  ])('refuses %s', (_, bytes, code, said) => {
    const error = failure(bytes)
    expect(error.code).toBe(code)
    expect(error.message).toContain(said)
    expect(error.message).toContain('w.safetensors')
    expect(error.details.file).toBe('w.safetensors')
  })

  it('reads a file or refuses it with a BundleError, whatever byte is changed', () => {
    const file = writeSafetensors(
      new Map<string, Tensor>([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]),
    )
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const altered = file.slice()
        altered[at] = byte
        try {
          readSafetensors(altered, 'w')
        } catch (error) {
          expect(error).toBeInstanceOf(BundleError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('writeSafetensors', () => {
  const tensor: fc.Arbitrary<Tensor> = fc.oneof(
    fc.float32Array().map((data): Tensor => ({ dtype: 'F32', shape: [data.length], data })),
    fc.int32Array().map((data): Tensor => ({ dtype: 'I32', shape: [1, data.length], data })),
    fc.int8Array().map((data): Tensor => ({ dtype: 'I8', shape: [data.length, 1], data })),
  )
  const tensors = fc.uniqueArray(
    fc.tuple(
      fc.string().filter(name => name !== '__metadata__' && name !== '__proto__'),
      tensor,
    ),
    { selector: ([name]) => name },
  )

  it('writes what is read back, bit for bit', () => {
    fc.assert(
      fc.property(tensors, entries => {
        const written = new Map(entries)
        expect(readSafetensors(writeSafetensors(written, { format: 'test' }), 'x')).toEqual(written)
      }),
    )
  })

  it('aligns the data of every tensor to its element size', () => {
    const bytes = writeSafetensors(
      new Map<string, Tensor>([
        ['narrow', { dtype: 'I8', shape: [3], data: Int8Array.of(1, 2, 3) }],
        ['wide', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
      ]),
    )
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)))
    expect((8 + headerBytes) % 8).toBe(0)
    expect(header.wide.data_offsets).toEqual([0, 4])
    expect(header.narrow.data_offsets).toEqual([4, 7])
  })

  it('refuses a shape that does not fit its values', () => {
    const wrong = new Map<string, Tensor>([['w', { dtype: 'F32', shape: [3], data: new Float32Array(2) }]])
    expect(() => writeSafetensors(wrong)).toThrow(
      expect.objectContaining({ code: 'INVALID_TENSOR_LAYOUT', details: { tensor: 'w', shape: [3], values: 2 } }),
    )
  })
})
