import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { networkParameters } from '../../../../models/blocks.ts'
import { buildNetwork } from '../../../../models/network.ts'
import { encodeGolden } from '../../../../sdk/bundle/golden.ts'
import { openBundle } from '../../../../sdk/bundle/open-bundle.ts'
import { readSafetensors, type Tensor, writeSafetensors } from '../../../../sdk/bundle/safetensors.ts'
import { sha256Hex } from '../../../../sdk/bundle/sha256.ts'
import { decodeWeights, encodeWeights } from '../../../../sdk/bundle/weights.ts'
import { writeBundle } from '../../../../sdk/bundle/write-bundle.ts'
import { BundleError } from '../../../../sdk/errors.ts'
import { TINY_SPEC, tinyManifest, tinyWeights, tinyWindows, writeTinyBundle } from '../../../fixtures/tiny-bundle.ts'

const network = buildNetwork(TINY_SPEC)
const files = await writeTinyBundle()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const golden = { batch: tinyWindows(), quantiles: new Float32Array(3 * 2 * 3) }

async function failure(action: Promise<unknown>): Promise<BundleError> {
  const error = await action.then(
    () => new Error('It was accepted.'),
    e => e,
  )
  if (error instanceof BundleError) return error
  throw error
}

/** The same bundle with one file put in the place of another, hashes and all. */
function rewrite(o: { weights?: Uint8Array; golden?: Uint8Array }) {
  return writeBundle({
    manifest: tinyManifest(),
    weights: o.weights ?? files.get('weights.safetensors')!,
    golden: o.golden ?? files.get('golden.safetensors')!,
    modelCard: '# tiny',
  })
}

describe('sha256Hex', () => {
  it('agrees with Node’s own hash', async () => {
    expect(await sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async bytes => {
        expect(await sha256Hex(bytes)).toBe(sha256(bytes))
      }),
    )
  })
})

describe('a bundle', () => {
  it('has four files, and its manifest lists the others with their true hashes', () => {
    expect([...files.keys()].sort()).toEqual([
      'MODEL_CARD.md',
      'golden.safetensors',
      'manifest.json',
      'weights.safetensors',
    ])
    const manifest = JSON.parse(new TextDecoder().decode(files.get('manifest.json')))
    for (const [name, listed] of Object.entries(manifest.files)) {
      expect(listed).toEqual({ sha256: sha256(files.get(name)!), bytes: files.get(name)!.length })
    }
    expect(Object.keys(manifest.files)).toHaveLength(3)
  })

  it('gives back its weights in the network’s order, float32 exactly and int8 within half a scale', async () => {
    const { weights, manifest } = await openBundle(files, 'tiny')
    const before = tinyWeights()
    expect([...weights.keys()]).toEqual(networkParameters(network).map(p => p.name))
    for (const [name, { shape, data }] of weights) {
      const original = before.get(name)!
      expect(shape).toEqual(original.shape)
      const largest = original.data.reduce((max, w) => Math.max(max, Math.abs(w)), 0)
      const allowed = manifest.quantisation.int8.includes(name) ? largest / 127 / 2 + 1e-6 : 0
      for (const [i, w] of data.entries()) expect(Math.abs(w - original.data[i])).toBeLessThanOrEqual(allowed)
    }
  })

  it('gives back its golden windows exactly', async () => {
    expect((await openBundle(files, 'tiny')).golden).toEqual(golden)
  })

  it('opens whatever else lies beside it', async () => {
    await expect(openBundle(new Map([...files, ['.DS_Store', Uint8Array.of(1)]]), 'tiny')).resolves.toBeDefined()
  })

  it.each(['weights.safetensors', 'golden.safetensors', 'MODEL_CARD.md'])(
    'is refused when any byte of %s is altered',
    async name => {
      const bytes = files.get(name)!
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
          const altered = bytes.slice()
          altered[at] ^= 1 << bit
          const error = await failure(openBundle(new Map([...files, [name, altered]]), '/b/tiny/'))
          expect(error.code).toBe('FILE_ALTERED')
          expect(error.details).toEqual({
            file: `/b/tiny/${name}`,
            expected: { sha256: sha256(bytes), bytes: bytes.length },
            actual: { sha256: sha256(altered), bytes: bytes.length },
          })
          for (const said of [`/b/tiny/${name}`, sha256(bytes), sha256(altered)]) expect(error.message).toContain(said)
        }),
        { numRuns: 25 },
      )
    },
  )

  it('is refused when a file is truncated, with both sizes', async () => {
    const bytes = files.get('weights.safetensors')!
    const error = await failure(openBundle(new Map([...files, ['weights.safetensors', bytes.slice(0, -10)]]), 'runs/7'))
    expect(error.code).toBe('FILE_ALTERED')
    expect(error.message).toContain('runs/7/weights.safetensors')
    expect(error.message).toContain(`${bytes.length - 10} bytes`)
    expect(error.message).toContain(`${bytes.length} bytes`)
  })

  it.each(['manifest.json', 'weights.safetensors', 'MODEL_CARD.md'])('is refused without %s', async name => {
    const error = await failure(openBundle(new Map([...files].filter(([file]) => file !== name)), 'tiny'))
    expect(error.code).toBe('FILE_MISSING')
    expect(error.details).toMatchObject({ bundle: 'tiny', file: name })
  })

  it('is refused when its manifest is a web page', async () => {
    const page = new TextEncoder().encode('<!doctype html><title>Not found</title>')
    const error = await failure(openBundle(new Map([...files, ['manifest.json', page]]), '/b/tiny/'))
    expect(error.code).toBe('INVALID_JSON')
    expect(error.message).toContain('/b/tiny/manifest.json')
  })

  it('cannot be written with tensors of another shape, dtype or name than its network’s', async () => {
    const tensors = readSafetensors(files.get('weights.safetensors')!, 'x')
    const change = (name: string, tensor: Tensor) =>
      rewrite({ weights: writeSafetensors(new Map([...tensors, [name, tensor]])) })

    const shape = await failure(change('head.b', { dtype: 'F32', shape: [4, 2], data: new Float32Array(8) }))
    expect(shape.code).toBe('TENSOR_MISMATCH')
    expect(shape.details).toMatchObject({ tensor: 'head.b', found: 'F32 [4,2]', expected: 'F32 [2,4]' })

    const dtype = await failure(change('head.b', { dtype: 'I32', shape: [2, 4], data: new Int32Array(8) }))
    expect(dtype.details).toMatchObject({ tensor: 'head.b', found: 'I32 [2,4]' })

    const extra = await failure(change('backdoor', { dtype: 'I8', shape: [1], data: new Int8Array(1) }))
    expect(extra.details).toMatchObject({ tensors: ['backdoor'] })

    tensors.delete('encoder.b')
    const missing = await failure(rewrite({ weights: writeSafetensors(tensors) }))
    expect(missing.details).toMatchObject({ tensor: 'encoder.b', found: 'absent' })
  })

  it('cannot be written with golden windows that hold a NaN or an unknown symbol code', async () => {
    const withNaN = encodeGolden(
      { ...golden, quantiles: golden.quantiles.map((q, i) => (i === 4 ? Number.NaN : q)) },
      network,
    )
    expect((await failure(rewrite({ golden: withNaN }))).details).toMatchObject({
      tensor: 'quantiles',
      index: 4,
      value: Number.NaN,
    })

    const symbols = Int32Array.of(0, 2, 1)
    const unknown = encodeGolden({ ...golden, batch: { ...golden.batch, symbols } }, network)
    expect((await failure(rewrite({ golden: unknown }))).details).toMatchObject({
      tensor: 'symbols',
      index: 1,
      value: 2,
    })
  })
})

describe('encodeWeights', () => {
  it('refuses a NaN or an infinity, by tensor and element', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const weights = new Map(tinyWeights())
      weights.set('encoder.b', { shape: [16], data: new Float32Array(16).fill(value, 5, 6) })
      expect(() => encodeWeights(weights, { int8: [] })).toThrow(
        expect.objectContaining({
          code: 'NON_FINITE_WEIGHT',
          details: expect.objectContaining({ tensor: 'encoder.b', index: 5, value }),
        }),
      )
    }
  })

  it('refuses to quantise a weight that is not there', () => {
    expect(() => encodeWeights(tinyWeights(), { int8: ['other.w'] })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_TENSOR', details: { tensor: 'other.w' } }),
    )
  })

  it('keeps weights bit for bit when nothing is quantised', () => {
    const weights = tinyWeights()
    const manifest = { quantisation: { int8: [] } }
    expect(decodeWeights(encodeWeights(weights, { int8: [] }), manifest, network)).toEqual(weights)
  })
})
