import { afterEach, describe, expect, it, vi } from 'vitest'
import { parameterCount } from '../../models/blocks.ts'
import { buildNetwork } from '../../models/network.ts'
import { temporalFusionTransformer } from '../../models/tft.ts'
import type { Engine } from '../../sdk/engine.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { wasmPaths } from '../../worker/tfjs/wasm-paths.ts'
import { createWebgpuEngine } from '../../worker/webgpu/webgpu-engine.ts'
import { fetchGoldenReference } from '../fixtures/golden-files.ts'
import { GOLDEN_SPEC, largestDifference } from '../fixtures/golden-tft.ts'
import { LITE_SPEC, randomSeries, randomWeights, randomWindows } from '../fixtures/random-network.ts'
import { SMALL_SPEC } from '../fixtures/small-tft.ts'
import { type GpuWatch, watchGpu } from '../fixtures/watch-gpu.ts'

const reference = temporalFusionTransformer(GOLDEN_SPEC)

let watch: GpuWatch | null = null
afterEach(() => {
  watch?.restore()
  watch = null
  vi.restoreAllMocks()
})

describe('the fused WebGPU engine against an independent implementation (PyTorch)', () => {
  it.each([
    { tiles: 'software', recurrence: 'units' },
    { tiles: 'hardware', recurrence: 'quads' },
  ] as const)(
    'gives its quantiles, attention and variable weights: $tiles tiles, LSTM by $recurrence',
    async tuning => {
      const golden = await fetchGoldenReference()
      const engine = await createWebgpuEngine({ network: reference, weights: golden.weights, tuning })
      const { quantiles, explanation } = await engine.forward(golden.batch, { explain: true })
      expect(largestDifference(quantiles, golden.outputs.quantiles)).toBeLessThan(1e-5)
      expect(largestDifference(explanation!.attention, golden.outputs.attention)).toBeLessThan(1e-5)
      expect(largestDifference(explanation!.pastWeights, golden.outputs.pastWeights)).toBeLessThan(1e-5)
      expect(largestDifference(explanation!.futureWeights, golden.outputs.futureWeights)).toBeLessThan(1e-5)
      const plain = await engine.forward(golden.batch)
      expect(plain.explanation).toBeUndefined()
      expect(largestDifference(plain.quantiles, quantiles)).toBe(0)
      expect(engine.info.uses).toEqual(tuning.recurrence === 'quads' ? ['subgroups'] : [])
      await engine.dispose()
    },
  )

  it('gives its quantiles with what is measured and chosen on a hardware adapter', async () => {
    const golden = await fetchGoldenReference()
    disguiseAdapter({ vendor: 'some', architecture: 'gpu', description: '', isFallbackAdapter: false })
    watch = watchGpu()
    const engine = await createWebgpuEngine({ network: reference, weights: golden.weights })
    expect(engine.info.adapter).toMatchObject({ vendor: 'some', isFallback: false })
    // four kernels, and the LSTM's once more by quads; each form runs six times to be compared
    expect(watch.counts).toMatchObject({ pipelines: 5, submits: 12 })
    const { quantiles } = await engine.forward(golden.batch)
    expect(largestDifference(quantiles, golden.outputs.quantiles)).toBeLessThan(1e-5)
    await engine.dispose()
  })

  it('gives its quantiles in a worker', async () => {
    const worker = new Worker(new URL('../fixtures/webgpu-golden.worker.ts', import.meta.url), { type: 'module' })
    const answer = await new Promise<{ difference?: number; error?: string }>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage('compute')
    })
    worker.terminate()
    expect(answer.error).toBeUndefined()
    expect(answer.difference).toBeLessThan(1e-5)
  })
})

describe('an LSTM by quads that fails on a hardware adapter leaves the other form to serve:', () => {
  const network = buildNetwork(SMALL_SPEC)
  const weights = randomWeights(network, 1)

  async function expectUnits() {
    disguiseAdapter({ vendor: 'some', architecture: 'gpu', description: '', isFallbackAdapter: false })
    const engine = await createWebgpuEngine({ network, weights })
    expect(engine.info.uses).toEqual([])
    expect((await engine.forward(randomWindows(network, 2, 2))).quantiles.length).toBe(
      2 * network.shape.horizons * network.shape.quantiles,
    )
    await engine.dispose()
  }

  it('when compiled', async () => {
    let refused = 0
    const createShaderModule = GPUDevice.prototype.createShaderModule
    vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (this: GPUDevice, { code }) {
      if (code.includes('enable subgroups;')) refused++
      return createShaderModule.call(this, { code: code.replace('enable subgroups;', 'enable nothing;') })
    })
    await expectUnits()
    expect(refused).toBe(1)
  })

  it('when run', async () => {
    let reads = 0
    const mapAsync = GPUBuffer.prototype.mapAsync
    vi.spyOn(GPUBuffer.prototype, 'mapAsync').mockImplementation(function (this: GPUBuffer, ...range) {
      // the other form has run six times before
      return ++reads === 7 ? Promise.reject(new Error('no mapping')) : mapAsync.apply(this, range)
    })
    await expectUnits()
    expect(reads).toBe(8)
  })
})

describe('an explanation', () => {
  it('is not given of a network whose outputs name but a part of it', async () => {
    const whole = buildNetwork(SMALL_SPEC)
    const { futureWeights: _, ...outputs } = whole.outputs
    const network = { ...whole, outputs }
    const engine = await createWebgpuEngine({ network, weights: randomWeights(network, 1) })
    const batch = randomWindows(network, 2, 2)
    const { quantiles, explanation } = await engine.forward(batch, { explain: true })
    expect(explanation).toBeUndefined()
    expect(quantiles).toEqual((await engine.forward(batch)).quantiles)
    await engine.dispose()
  })

  it('whose kernels did not compile is given when they do', async () => {
    const network = buildNetwork(SMALL_SPEC)
    const engine = await createWebgpuEngine({ network, weights: randomWeights(network, 1) })
    const batch = randomWindows(network, 1, 2)
    const createShaderModule = GPUDevice.prototype.createShaderModule
    const broken = vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (
      this: GPUDevice,
      { code },
    ) {
      return createShaderModule.call(this, { code: code.replace('fn elu(x: vec4f)', 'fn elu(x: vec5f)') })
    })
    await expect(engine.forward(batch, { explain: true })).rejects.toMatchObject({ code: 'SHADER_FAILED' })
    broken.mockRestore()
    expect((await engine.forward(batch, { explain: true })).explanation).toBeDefined()
    await engine.dispose()
  })
})

describe('a follower', () => {
  const network = buildNetwork(SMALL_SPEC)
  const weights = randomWeights(network, 1)
  const series = randomSeries(network, network.shape.lookback, 3)
  const { observed, known } = network.shape
  const candle = () => [series.observed.slice(0, observed), series.known.slice(0, known)] as const

  it('that is disposed of refuses pushes still queued, and gives back its buffers after the one that computes', async () => {
    const engine = await createWebgpuEngine({ network, weights })
    const [undisturbed, follower] = [await engine.follow(series), await engine.follow(series)]
    const expected = await undisturbed.push(...candle())
    const [computing, queued] = [follower.push(...candle()), follower.push(...candle())]
    await Promise.resolve()
    follower.dispose()
    await Promise.all([
      expect(computing).resolves.toEqual(expected),
      expect(queued).rejects.toMatchObject({ code: 'DISPOSED' }),
      expect(follower.push(...candle())).rejects.toMatchObject({ code: 'DISPOSED' }),
    ])
    watch = watchGpu()
    await engine.follow(series)
    expect(watch.counts).toMatchObject({ submits: 1, buffers: 0 })
    await engine.dispose()
  })

  it('takes a step as it was when pushed, and refuses a bad one without harm', async () => {
    const engine = await createWebgpuEngine({ network, weights })
    const [undisturbed, follower] = [await engine.follow(series), await engine.follow(series)]
    const expected = await undisturbed.push(...candle())
    await expect(follower.push(new Float32Array(observed).fill(Number.NaN), candle()[1])).rejects.toMatchObject({
      code: 'NON_FINITE_INPUT',
    })
    const step = candle()
    const pushed = follower.push(...step)
    for (const values of step) values.fill(Number.NaN)
    expect(await pushed).toEqual(expected)
    await engine.dispose()
  })

  it('that failed to compute a step takes no more', async () => {
    const engine = await createWebgpuEngine({ network, weights })
    const follower = await engine.follow(series)
    const mapping = vi.spyOn(GPUBuffer.prototype, 'mapAsync').mockRejectedValueOnce(new Error('no mapping'))
    const [failed, queued] = [follower.push(...candle()), follower.push(...candle())]
    await Promise.all([
      expect(failed).rejects.toMatchObject({ code: 'COMPUTE_FAILED' }),
      expect(queued).rejects.toMatchObject({ code: 'FOLLOWER_BROKEN' }),
    ])
    mapping.mockRestore()
    await expect(follower.push(...candle())).rejects.toMatchObject({ name: 'EngineError', code: 'FOLLOWER_BROKEN' })
    expect((await engine.follow(series)).quantiles).toEqual(follower.quantiles)
    await engine.dispose()
  })
})

describe('int8 weights in GPU memory', () => {
  const weights = randomWeights(reference, 5, { int8: true })

  it.each([
    { tiles: 'software', decode: 'mask', recurrence: 'units' },
    { tiles: 'hardware', decode: 'unpack', recurrence: 'quads' },
  ] as const)(
    'compute what tfjs computes with the dequantised weights: $tiles tiles, decoded by $decode, LSTM by $recurrence',
    async tuning => {
      const batch = randomWindows(reference, 3, 9)
      const tfjs = await createTfjsEngine({ network: reference, weights, backend: 'wasm', wasmPaths })
      const engine = await createWebgpuEngine({ network: reference, weights, tuning })
      const [ours, theirs] = [await engine.forward(batch), await tfjs.forward(batch)]
      await Promise.all([engine.dispose(), tfjs.dispose()])
      expect(engine.info.uses).toContain('int8-weights')
      expect(largestDifference(ours.quantiles, theirs.quantiles)).toBeLessThan(1e-4)
    },
  )

  it('take at most 30 % of the bytes of float32 parameters, scales and tables included', async () => {
    const created: number[] = []
    const createBuffer = GPUDevice.prototype.createBuffer
    vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
      created.push(descriptor.size)
      return createBuffer.call(this, descriptor)
    })
    const engine = await createWebgpuEngine({ network: reference, weights })
    const bytes = created.reduce((sum, size) => sum + size, 0)
    await engine.dispose()
    expect(engine.gpuWeightBytes).toBe(bytes)
    expect(bytes / (4 * parameterCount(reference))).toBeLessThan(0.3)
  })
})

describe('a forward pass', () => {
  it.each([
    ['the reference student', GOLDEN_SPEC, 4],
    ['a small TFT', SMALL_SPEC, 4],
    ['an MLP', LITE_SPEC, 1],
  ] as const)('of %s is one submit, and creates nothing on the GPU once warm', async (_, spec, dispatches) => {
    const network = buildNetwork(spec)
    const engine = await createWebgpuEngine({ network, weights: randomWeights(network, 1, { int8: true }) })
    const batch = randomWindows(network, 2, 2)
    await engine.forward(batch)
    watch = watchGpu()
    await engine.forward(batch)
    expect(watch.counts).toEqual({ dispatches, submits: 1, passes: 1, buffers: 0, bindGroups: 0, pipelines: 0 })
    await engine.dispose()
  })

  it('like a slide or a push creates nothing on the GPU once warm', async () => {
    const network = buildNetwork(SMALL_SPEC)
    const engine = await createWebgpuEngine({ network, weights: randomWeights(network, 1) })
    const series = randomSeries(network, network.shape.lookback + 30, 3)
    const { observed, known } = network.shape
    const candle = [series.observed.slice(0, observed), series.known.slice(0, known)] as const
    await engine.slide(series)
    const follower = await engine.follow(series)
    await follower.push(...candle)
    await engine.slide(series) // the follower has taken the first one's buffers
    watch = watchGpu()
    await engine.slide(series)
    // past the room behind the window, where its rows are computed anew
    for (let i = 0; i < 600; i++) await follower.push(...candle)
    expect(watch.counts).toMatchObject({ submits: 601, buffers: 0, bindGroups: 0 })
    await engine.dispose()
  })

  it('leaves memory as it was, 3,000 times over, several in flight', async () => {
    const network = buildNetwork(LITE_SPEC)
    const engine = await createWebgpuEngine({ network, weights: randomWeights(network, 1) })
    const batch = randomWindows(network, 1, 2)
    const four = () => Promise.all([1, 2, 3, 4].map(() => engine.forward(batch)))
    const [first] = await four()
    await four()
    watch = watchGpu()
    for (let i = 0; i < 750; i++) await four()
    expect(watch.counts).toMatchObject({ submits: 3000, buffers: 0, bindGroups: 0 })
    expect((await engine.forward(batch)).quantiles).toEqual(first.quantiles)
    await engine.dispose()
  })

  it('of more windows than fit into memory at once runs in parts, each as on its own', async () => {
    const network = buildNetwork(SMALL_SPEC)
    const weights = randomWeights(network, 1)
    const whole = await createWebgpuEngine({ network, weights })
    // 9 steps of some 20 quads a window: room for ten or so
    vi.spyOn(GPUDevice.prototype, 'limits', 'get').mockReturnValue({
      maxStorageBufferBindingSize: 30_000,
      maxBufferSize: 30_000,
    } as GPUSupportedLimits)
    const engine = await createWebgpuEngine({ network, weights })
    const batch = randomWindows(network, 50, 3)
    watch = watchGpu()
    const { quantiles, explanation } = await engine.forward(batch, { explain: true })
    expect(watch.counts.submits).toBeGreaterThan(1)
    const expected = await whole.forward(batch, { explain: true })
    expect(quantiles).toEqual(expected.quantiles)
    expect(explanation).toEqual(expected.explanation)
    await Promise.all([whole.dispose(), engine.dispose()])
  })
})

describe('a lost device', () => {
  // one kernel: compiled in a moment
  const network = buildNetwork(LITE_SPEC)
  const weights = randomWeights(network, 1)
  const batch = randomWindows(network, 2, 2)

  it('is replaced, and calls in flight are repeated on the new one', async () => {
    watch = watchGpu()
    const engine = await createWebgpuEngine({ network, weights })
    const { quantiles } = await engine.forward(batch)
    const inFlight = [engine.forward(batch), engine.forward(batch)]
    await Promise.resolve()
    watch.devices[0].destroy()
    for (const output of await Promise.all(inFlight)) expect(output.quantiles).toEqual(quantiles)
    expect((await engine.forward(batch)).quantiles).toEqual(quantiles)
    expect(watch.devices.length).toBe(2)
    await engine.dispose()
  })

  it('between two candles costs a follower nothing but time', async () => {
    watch = watchGpu()
    const small = buildNetwork(SMALL_SPEC)
    const engine = await createWebgpuEngine({ network: small, weights: randomWeights(small, 1) })
    const { lookback, observed, known } = small.shape
    const all = randomWindows(small, 8, 4)
    const series = {
      symbol: 1,
      horizons: [1, 2, 3],
      observed: all.observed.slice(0, lookback * observed),
      known: all.known.slice(0, (lookback + 3) * known),
    }
    const [undisturbed, follower] = [await engine.follow(series), await engine.follow(series)]
    const candle = [all.observed.slice(-observed), all.known.slice(-known)] as const
    const expected = await undisturbed.push(...candle)
    watch.devices[0].destroy()
    expect(await follower.push(...candle)).toEqual(expected)
    await engine.dispose()
  })

  it('that cannot be replaced is an error, and the next call tries again', async () => {
    watch = watchGpu()
    const engine = await createWebgpuEngine({ network, weights })
    const { quantiles } = await engine.forward(batch)
    const none = vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null)
    watch.devices[0].destroy()
    await expect(engine.forward(batch)).rejects.toMatchObject({ name: 'EngineError', code: 'DEVICE_LOST' })
    none.mockRestore()
    expect((await engine.forward(batch)).quantiles).toEqual(quantiles)
    await engine.dispose()
  })

  it('of hardware is not replaced by software; `info` tells of the device that serves', async () => {
    watch = watchGpu()
    const adapter = { vendor: 'some', architecture: 'first', description: '', isFallbackAdapter: false }
    disguiseAdapter(adapter)
    const engine = await createWebgpuEngine({ network, weights })
    const { quantiles } = await engine.forward(batch)
    Object.assign(adapter, { architecture: 'soft', isFallbackAdapter: true })
    watch.devices[0].destroy()
    await expect(engine.forward(batch)).rejects.toMatchObject({
      code: 'DEVICE_LOST',
      message: expect.stringContaining("only the software adapter 'soft' is left"),
    })
    expect(engine.info.adapter).toMatchObject({ architecture: 'first' })
    Object.assign(adapter, { architecture: 'second', isFallbackAdapter: false })
    expect(largestDifference((await engine.forward(batch)).quantiles, quantiles)).toBeLessThan(1e-5)
    expect(engine.info.adapter).toMatchObject({ architecture: 'second', isFallback: false })
    await engine.dispose()
  })

  it('is replaced by one only that is proven, before any call is repeated there', async () => {
    watch = watchGpu()
    const proven: Float32Array[] = []
    const prove = vi.fn(async (proving: Engine) => {
      proven.push((await proving.forward(batch)).quantiles)
      if (proven.length === 1) throw new Error('it computes wrongly')
    })
    const engine = await createWebgpuEngine({ network, weights, prove })
    const { quantiles } = await engine.forward(batch)
    expect(prove).not.toHaveBeenCalled()
    watch.devices[0].destroy()
    await expect(engine.forward(batch)).rejects.toMatchObject({
      code: 'DEVICE_LOST',
      message: expect.stringContaining('it computes wrongly'),
    })
    const calls = await Promise.all([engine.forward(batch), engine.forward(batch)])
    for (const output of calls) expect(output.quantiles).toEqual(quantiles)
    expect(proven).toEqual([quantiles, quantiles])
    await engine.dispose()
  })

  it('by dispose() ends calls in flight as disposed; another engine can be made afterwards', async () => {
    const engine = await createWebgpuEngine({ network, weights })
    const call = engine.forward(batch)
    await Promise.all([expect(call).rejects.toMatchObject({ code: 'DISPOSED' }), engine.dispose()])
    const again = await createWebgpuEngine({ network, weights })
    expect((await again.forward(batch)).quantiles.length).toBe(2 * 3 * 7)
    await again.dispose()
  })
})

describe('a typed error names what is wrong:', () => {
  const network = buildNetwork(SMALL_SPEC)
  const weights = randomWeights(network, 1)
  const create = () => createWebgpuEngine({ network, weights })

  it('no adapter', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null)
    await expect(create()).rejects.toMatchObject({ name: 'EngineError', code: 'BACKEND_UNAVAILABLE' })
  })

  it('an adapter whose buffers are too small for one window, by buffer and limit', async () => {
    limitAdapter({ maxStorageBufferBindingSize: 2000 })
    await expect(create()).rejects.toMatchObject({
      code: 'ADAPTER_LIMIT',
      details: { block: 'the float32 weights', limit: 'maxStorageBufferBindingSize', available: 2000 },
    })
  })

  it('an LSTM with more units than a workgroup has invocations, by block and limit', async () => {
    limitAdapter({ maxComputeInvocationsPerWorkgroup: 7 })
    await expect(create()).rejects.toMatchObject({
      code: 'ADAPTER_LIMIT',
      message: expect.stringContaining("'encoder + decoder' has 8 units"),
      details: { limit: 'maxComputeInvocationsPerWorkgroup', needed: 8, available: 7 },
    })
  })

  it('a shader that does not compile, by kernel and with the compiler’s message', async () => {
    const createShaderModule = GPUDevice.prototype.createShaderModule
    vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (this: GPUDevice, { code }) {
      return createShaderModule.call(this, { code: code.replace('fn elu(x: vec4f)', 'fn elu(x: vec5f)') })
    })
    await expect(create()).rejects.toMatchObject({
      code: 'SHADER_FAILED',
      details: { block: expect.stringContaining('past'), reason: expect.stringContaining('vec5f') },
    })
  })

  it('a GPU without memory', async () => {
    vi.spyOn(GPUDevice.prototype, 'popErrorScope').mockResolvedValue(new GPUOutOfMemoryError('no memory left'))
    await expect(create()).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('no memory left'),
    })
  })

  it('quantiles that are no numbers', async () => {
    const lite = buildNetwork(LITE_SPEC)
    const huge = new Map(randomWeights(lite, 1))
    const head = huge.get('head.w')!
    huge.set('head.w', { ...head, data: head.data.map(w => Math.sign(w) * 3e38) })
    const engine = await createWebgpuEngine({ network: lite, weights: huge })
    await expect(engine.forward(randomWindows(lite, 1, 2))).rejects.toMatchObject({ code: 'NON_FINITE_OUTPUT' })
    await engine.dispose()
  })

  it('a submit that the device refuses: never what an earlier pass left', async () => {
    const buffers: GPUBuffer[] = []
    const createBuffer = GPUDevice.prototype.createBuffer
    vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
      const buffer = createBuffer.call(this, descriptor)
      buffers.push(buffer)
      return buffer
    })
    const engine = await create()
    const batch = randomWindows(network, 2, 2)
    await engine.forward(batch)
    buffers[0].destroy()
    await expect(engine.forward(batch)).rejects.toMatchObject({ code: 'COMPUTE_FAILED' })
    await engine.dispose()
  })
})

/** Adapters that claim less than they have. */
function limitAdapter(limits: Partial<Record<keyof GPUSupportedLimits, number>>): void {
  replaceOfAdapter(
    'limits',
    ({ limits: real }) => new Proxy(real, { get: (target, name) => limits[name as never] ?? target[name as never] }),
  )
}

/** Adapters that go by another name. */
function disguiseAdapter(info: Partial<GPUAdapterInfo>): void {
  replaceOfAdapter('info', () => info)
}

function replaceOfAdapter(property: keyof GPUAdapter, replacement: (adapter: GPUAdapter) => unknown): void {
  const requestAdapter = navigator.gpu.requestAdapter.bind(navigator.gpu)
  vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(async options => {
    const adapter = (await requestAdapter(options))!
    return new Proxy(adapter, {
      get(target, name) {
        if (name === property) return replacement(target)
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  })
}
