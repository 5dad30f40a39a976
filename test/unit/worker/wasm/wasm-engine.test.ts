import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Network } from '../../../../models/blocks.ts'
import { multilayerPerceptron } from '../../../../models/mlp.ts'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import type { WeightTensor } from '../../../../sdk/engine.ts'
import { compilePlan } from '../../../../worker/plan/compile-plan.ts'
import { instantiateKernels } from '../../../../worker/wasm/instantiate-kernels.ts'
import { LinearMemory } from '../../../../worker/wasm/linear-memory.ts'
import { bindSequenceProgram } from '../../../../worker/wasm/sequence-program.ts'
import { sequenceRunner } from '../../../../worker/wasm/sequence-runner.ts'
import { createWasmEngine } from '../../../../worker/wasm/wasm-engine.ts'
import { LITE_SPEC, randomSeries, randomWeights, randomWindows } from '../../../fixtures/random-network.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

const network = temporalFusionTransformer(SMALL_SPEC)
const weights = randomWeights(network, 1)

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('createWasmEngine', () => {
  it('says what it is and what of the runtime it uses', async () => {
    const { info } = await createWasmEngine({ network, weights })
    expect(info).toMatchObject({ kind: 'wasm', workloads: { single: 'wasm', batch: 'wasm' } })
    const plain = await createWasmEngine({ network, weights, relaxedSimd: false })
    expect(plain.info.uses).toEqual([])
  })

  it('says what to do where WebAssembly is missing, lacks SIMD, or is forbidden by a Content-Security-Policy', async () => {
    const unavailable = (remedy: string) => ({
      name: 'EngineError',
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining(remedy),
    })
    vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new WebAssembly.CompileError('unsafe-eval is not allowed'))
    await expect(createWasmEngine({ network, weights })).rejects.toMatchObject(unavailable("'wasm-unsafe-eval'"))
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    await expect(createWasmEngine({ network, weights })).rejects.toMatchObject(unavailable('no WebAssembly SIMD'))
    vi.stubGlobal('WebAssembly', undefined)
    await expect(createWasmEngine({ network, weights })).rejects.toMatchObject(unavailable('no WebAssembly'))
  })

  it('names what memory was needed for when there is no more of it', async () => {
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded')
    })
    const larger = multilayerPerceptron(LITE_SPEC)
    const created = createWasmEngine({ network: larger, weights: randomWeights(larger, 1) })
    await expect(created).rejects.toMatchObject({
      name: 'EngineError',
      code: 'OUT_OF_MEMORY',
      details: { heldBytes: 65_536, neededBytes: expect.any(Number), what: expect.any(String) },
    })
  })

  it('names the block that it cannot run: an MLP beside a sequence', async () => {
    const { shape } = network
    const mlp = multilayerPerceptron({ ...SMALL_SPEC, kind: 'mlp', layers: [4] })
    const mixed: Network = {
      shape,
      blocks: [...network.blocks.filter(block => block.block !== 'quantileHead'), ...mlp.blocks],
      outputs: { quantiles: 'head' },
    }
    await expect(createWasmEngine({ network: mixed, weights: randomWeights(mixed, 1) })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'UNSUPPORTED_NETWORK',
      details: { block: 'head' },
    })
  })

  it('never returns a non-finite quantile', async () => {
    const huge = new Map([...weights].map(([name, w]): [string, WeightTensor] => [name, scaled(w, 1e25)]))
    const engine = await createWasmEngine({ network, weights: huge })
    const failure = { name: 'EngineError', code: 'NON_FINITE_OUTPUT' }
    await expect(engine.forward(randomWindows(network, 1, 1))).rejects.toMatchObject(failure)
    const series = randomSeries(network, network.shape.lookback, 1)
    await expect(engine.slide(series)).rejects.toMatchObject(failure)
    await expect(engine.follow(series)).rejects.toMatchObject(failure)
  })

  it('takes no more memory for each series whose first forecast fails', async () => {
    const huge = new Map([...weights].map(([name, w]): [string, WeightTensor] => [name, scaled(w, 1e25)]))
    const engine = await createWasmEngine({ network, weights: huge })
    const series = randomSeries(network, network.shape.lookback, 1)
    const failure = { code: 'NON_FINITE_OUTPUT' }
    await expect(engine.follow(series)).rejects.toMatchObject(failure)
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
    for (let i = 0; i < 100; i++) await expect(engine.follow(series)).rejects.toMatchObject(failure)
    expect(grow).not.toHaveBeenCalled()
  })

  it('keeps two followers and a slide between them apart', async () => {
    const engine = await createWasmEngine({ network, weights })
    const { lookback, observed, known } = network.shape
    const step = [new Float32Array(observed).fill(0.5), new Float32Array(known).fill(-0.5)] as const
    const alone = await (await engine.follow(randomSeries(network, lookback + 3, 1))).push(...step)
    const first = await engine.follow(randomSeries(network, lookback + 3, 1))
    const second = await engine.follow(randomSeries(network, lookback + 9, 2))
    await second.push(...step)
    await engine.slide(randomSeries(network, lookback + 20, 3))
    await engine.forward(randomWindows(network, 3, 4))
    expect(await first.push(...step)).toEqual(alone)
  })
})

describe('WebAssembly memory', () => {
  it('stays the same size over thousands of forward passes, slides and followed series', async () => {
    const memory = new LinearMemory()
    const { kernels } = await instantiateKernels(memory.memory, { relaxedSimd: true })
    const runner = sequenceRunner(bindSequenceProgram(compilePlan(network, weights, { fold: true }), kernels, memory))
    const batch = randomWindows(network, 40, 1)
    const series = randomSeries(network, network.shape.lookback + 30, 1)
    const round = () => {
      runner.forward(batch, true)
      runner.series!.slide(series)
      const followed = runner.series!.follow(series)
      followed.push(new Float32Array(network.shape.observed), new Float32Array(network.shape.known))
      followed.release()
    }
    round()
    const { bytes } = memory
    for (let i = 0; i < 100; i++) round()
    expect(memory.bytes).toBe(bytes)
  })

  it('holds an MLP of 7.8k parameters in less than 1 MB', async () => {
    const mlp = multilayerPerceptron(LITE_SPEC)
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
    await createWasmEngine({ network: mlp, weights: randomWeights(mlp, 1) })
    const pages = grow.mock.calls.reduce((sum, [pages]) => sum + pages, 1)
    expect(pages * 65_536).toBeLessThan(1e6)
  })
})

const scaled = ({ shape, data }: WeightTensor, factor: number): WeightTensor => ({
  shape,
  data: data.map(x => x * factor),
})
