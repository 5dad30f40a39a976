import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import type { WindowBatch } from '../../../../sdk/engine.ts'
import { initialWeights } from '../../../../trainer/train/initialise.ts'
import { createTfjsEngine } from '../../../../worker/tfjs/tfjs-engine.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

describe('several engines in one process', () => {
  const network = temporalFusionTransformer(SMALL_SPEC)
  const weights = initialWeights(network, 7)
  const create = (backend: 'wasm' | 'cpu') => createTfjsEngine({ network, weights, backend })
  const { lookback, horizons, observed, known } = SMALL_SPEC
  const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i))
  const batch: WindowBatch = {
    size: 2,
    observed: wave(2 * lookback * observed),
    known: wave(2 * (lookback + horizons) * known),
    symbols: Int32Array.of(0, 1),
  }
  /** Far below any difference that computing on half of another backend's state would make. */
  const expectSame = (a: Float32Array, b: Float32Array) =>
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(1e-5)
    })

  // as in a process where no backend has started yet
  beforeEach(() => tf.engine().reset())

  it('can be started at once on different backends, and forecast at once', async () => {
    const engines = await Promise.all([create('wasm'), create('cpu'), create('wasm'), create('cpu')])
    expect(engines.map(engine => engine.info.backend)).toEqual(['wasm', 'cpu', 'wasm', 'cpu'])
    const outputs = await Promise.all([...engines, ...engines].map(engine => engine.forward(batch)))
    for (const { quantiles } of outputs) expectSame(quantiles, outputs[0].quantiles)
    await Promise.all(engines.map(engine => engine.dispose()))
  })

  it('goes on forecasting while another one starts, and does not mind one that cannot', async () => {
    const cpu = await create('cpu')
    const { quantiles } = await cpu.forward(batch)
    const failing = createTfjsEngine({ network, weights, backend: 'webgpu' })
    const refused = expect(failing).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
    const starting = create('wasm')
    let isStarting = true
    starting.then(() => {
      isStarting = false
    })
    while (isStarting) {
      expect((await cpu.forward(batch)).quantiles).toEqual(quantiles)
      await new Promise(resolve => setImmediate(resolve))
    }
    await refused
    const wasm = await starting
    expectSame((await wasm.forward(batch)).quantiles, quantiles)
    await Promise.all([cpu.dispose(), wasm.dispose()])
  })

  it('refuses a forecast that is waiting for its turn when its engine is disposed of', async () => {
    const engine = await create('cpu')
    const waiting = engine.forward(batch)
    await engine.dispose()
    await expect(waiting).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})
