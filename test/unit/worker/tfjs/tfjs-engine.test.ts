import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import type { Engine, WindowBatch } from '../../../../sdk/engine.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { initialWeights } from '../../../../trainer/train/initialise.ts'
import { createTfjsEngine } from '../../../../worker/tfjs/tfjs-engine.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

function randomBatch(size: number, seed: number, scale = 1): WindowBatch {
  const random = createRandom(seed)
  const { lookback, horizons, observed, known, symbols } = SMALL_SPEC
  const normals = (length: number) => Float32Array.from({ length }, () => scale * random.normal())
  return {
    size,
    observed: normals(size * lookback * observed),
    known: normals(size * (lookback + horizons) * known),
    symbols: Int32Array.from({ length: size }, () => Math.floor(random.uniform() * symbols)),
  }
}

describe('the tfjs engine', () => {
  let engine: Engine
  beforeAll(async () => {
    const network = temporalFusionTransformer(SMALL_SPEC)
    engine = await createTfjsEngine({ network, weights: initialWeights(network, 7), backend: 'wasm' })
  })
  afterAll(() => engine.dispose())

  it('never lets quantiles of the monotone head cross, whatever the inputs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.constantFrom(0.1, 1, 50), async (seed, scale) => {
        const { quantiles } = await engine.forward(randomBatch(4, seed, scale))
        for (let row = 0; row < quantiles.length; row += 5) {
          for (let q = 1; q < 5; q++) expect(quantiles[row + q]).toBeGreaterThanOrEqual(quantiles[row + q - 1])
        }
      }),
      { numRuns: 25 },
    )
  })

  it('gives attention rows and variable weights that sum to 1, and no attention to later steps', async () => {
    const { explanation } = await engine.forward(randomBatch(2, 1), { explain: true })
    const steps = SMALL_SPEC.lookback + SMALL_SPEC.horizons
    for (let row = 0; row < 2 * SMALL_SPEC.horizons; row++) {
      const weights = explanation!.attention.subarray(row * steps, (row + 1) * steps)
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      const horizon = row % SMALL_SPEC.horizons
      expect([...weights.subarray(SMALL_SPEC.lookback + horizon + 1)].every(w => w === 0)).toBe(true)
    }
    const variables = SMALL_SPEC.observed + SMALL_SPEC.known
    const first = explanation!.pastWeights.subarray(0, variables)
    expect(first.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
  })

  it('forecasts a horizon without looking at what is known only for later horizons', async () => {
    const batch = randomBatch(1, 5)
    const before = (await engine.forward(batch)).quantiles
    const known = batch.known.slice()
    known[known.length - 1] += 3 // the last horizon's last known input
    const after = (await engine.forward({ ...batch, known })).quantiles
    expect([...after.subarray(0, 10)]).toEqual([...before.subarray(0, 10)])
    expect([...after.subarray(10)]).not.toEqual([...before.subarray(10)])
  })

  it("runs a network of a single symbol, which is the one of several with the first one's weights", async () => {
    const of = (symbols: number) => temporalFusionTransformer({ ...SMALL_SPEC, symbols })
    const weights = initialWeights(of(2), 7)
    const { shape, data } = weights.get('symbolEmbedding')!
    const first = { shape: [1, shape[1]], data: data.slice(0, shape[1]) }
    const alone = await createTfjsEngine({
      network: of(1),
      weights: new Map(weights).set('symbolEmbedding', first),
      backend: 'wasm',
    })
    const batch = { ...randomBatch(3, 4), symbols: new Int32Array(3) }
    const { quantiles } = await alone.forward(batch)
    const expected = (await engine.forward(batch)).quantiles
    quantiles.forEach((q, i) => {
      expect(q).toBeCloseTo(expected[i], 5)
    })
    await alone.dispose()
  })

  it('keeps no tensors between calls', async () => {
    const tf = await import('@tensorflow/tfjs-core')
    await engine.forward(randomBatch(2, 1), { explain: true })
    const before = tf.memory().numTensors
    for (let i = 0; i < 5; i++) await engine.forward(randomBatch(3, i), { explain: true })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('refuses a batch of another shape, naming the field and both lengths', async () => {
    const batch = randomBatch(2, 1)
    await expect(engine.forward({ ...batch, observed: batch.observed.subarray(1) })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'SHAPE_MISMATCH',
      details: { field: 'observed', length: 35, expected: 36 },
    })
  })

  it('refuses a non-finite input, naming window, step and feature', async () => {
    const batch = randomBatch(2, 1)
    batch.known[(1 * 9 + 4) * 2 + 1] = Number.NaN
    await expect(engine.forward(batch)).rejects.toMatchObject({
      code: 'NON_FINITE_INPUT',
      details: { field: 'known', window: 1, step: 4, feature: 1 },
    })
  })

  it('refuses a symbol code it was not made for', async () => {
    const batch = { ...randomBatch(1, 1), symbols: Int32Array.of(2) }
    await expect(engine.forward(batch)).rejects.toMatchObject({ code: 'UNKNOWN_SYMBOL_CODE', details: { value: 2 } })
  })

  it('refuses to work after dispose, and leaves no tensors behind', async () => {
    const tf = await import('@tensorflow/tfjs-core')
    const before = tf.memory().numTensors
    const network = temporalFusionTransformer(SMALL_SPEC)
    const other = await createTfjsEngine({ network, weights: initialWeights(network, 1), backend: 'wasm' })
    await other.forward(randomBatch(1, 1))
    await other.dispose()
    expect(tf.memory().numTensors).toBe(before)
    await expect(other.forward(randomBatch(1, 1))).rejects.toMatchObject({ code: 'DISPOSED' })
  })

  it('fails with its own error, naming backend and cause, when the backend breaks down', async () => {
    const tf = await import('@tensorflow/tfjs-core')
    const softplus = tf.getKernel('Softplus', 'wasm')
    tf.unregisterKernel('Softplus', 'wasm')
    try {
      await expect(engine.forward(randomBatch(2, 1))).rejects.toMatchObject({
        name: 'EngineError',
        code: 'COMPUTE_FAILED',
        details: { backend: 'wasm', batchSize: 2, cause: expect.stringContaining('Softplus') },
      })
    } finally {
      tf.registerKernel(softplus)
    }
    expect((await engine.forward(randomBatch(2, 1))).quantiles).toHaveLength(2 * 3 * 5)
  })
})
