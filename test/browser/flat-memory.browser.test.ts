import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Bundle } from '../../sdk/bundle/bundle.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import { createPredictor, type Predictor } from '../../sdk/forecast/predictor.ts'
import { createEngine } from '../../worker/engine.ts'
import { forwardOnCpu } from '../fixtures/forward-on-cpu.ts'
import { writeTinyBundle } from '../fixtures/tiny-bundle.ts'
import { closedMs, SYMBOL, serviceCandles } from '../fixtures/tiny-service.ts'

// `npm run soak` measures memory over 100,000 forecasts; here, what could grow is counted.

const COUNT = 400
const candles = serviceCandles(COUNT)
const nowMs = closedMs(COUNT)
let bundle: Bundle

beforeAll(async () => {
  bundle = await openBundle(await writeTinyBundle({ forward: forwardOnCpu }), 'tiny')
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Every kind of work that a service does, again and again. */
async function work(predictor: Predictor, rounds: number): Promise<void> {
  const series = validateCandles(candles, { symbol: SYMBOL, timeframe: '1h', nowMs })
  for (let round = 0; round < rounds; round++) {
    await predictor.predict({ symbol: SYMBOL, candles: candles.slice(0, 200), nowMs, explain: round % 2 === 0 })
    await predictor.predictSeries({ series })
    const streams = await Promise.all(
      [200, 210].map(count => predictor.follow({ symbol: SYMBOL, candles: candles.slice(0, count), nowMs })),
    )
    for (const stream of streams) stream.close()
    const stream = await predictor.follow({ symbol: SYMBOL, candles: candles.slice(0, 200), nowMs })
    for (const candle of candles.slice(200, 220)) await stream.push(candle, { nowMs })
    stream.close()
  }
}

describe('after its first forecasts', () => {
  it('the wasm engine takes no more memory from WebAssembly', async () => {
    const instantiate = vi.spyOn(WebAssembly, 'instantiate')
    const engine = await createEngine({ bundle, engine: 'wasm' })
    const predictor = createPredictor({ bundle, engine })
    const memory = instantiate.mock.calls[0][1]!.env.memory as WebAssembly.Memory
    const size = () => memory.buffer.byteLength
    await work(predictor, 2)
    const before = size()
    expect(before).toBeGreaterThan(0)
    await work(predictor, 60)
    expect(size()).toBe(before)
    await engine.dispose()
  })

  it('the WebGPU engine holds no more buffers, and none when it is disposed of', async () => {
    const live = new Set<GPUBuffer>()
    const { createBuffer } = GPUDevice.prototype
    const { destroy } = GPUBuffer.prototype
    vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
      const buffer = createBuffer.call(this, descriptor)
      live.add(buffer)
      return buffer
    })
    vi.spyOn(GPUBuffer.prototype, 'destroy').mockImplementation(function (this: GPUBuffer) {
      live.delete(this)
      return destroy.call(this)
    })
    const destroyed = vi.spyOn(GPUDevice.prototype, 'destroy')
    const engine = await createEngine({ bundle, engine: 'webgpu' })
    const predictor = createPredictor({ bundle, engine })
    await work(predictor, 2)
    const before = live.size
    expect(before).toBeGreaterThan(0)
    await work(predictor, 10)
    expect(live.size).toBe(before)
    await engine.dispose()
    // A device takes its buffers with it.
    expect(destroyed.mock.calls.length > 0 || live.size === 0).toBe(true)
  })
})
