import { describe, expect, it, vi } from 'vitest'
import type { Network } from '../../../models/blocks.ts'
import type { Engine, SeriesWindows } from '../../../sdk/engine.ts'
import { EngineError } from '../../../sdk/errors.ts'
import { followByForward } from '../../../worker/series-batches.ts'
import { wasmFollower } from '../../../worker/wasm/wasm-follower.ts'

const shape = { lookback: 2, horizons: 1, quantiles: 1, observed: 1, known: 1, symbols: 1 }
const series: SeriesWindows = {
  symbol: 0,
  observed: Float32Array.of(0, 1),
  known: Float32Array.of(0, 1, 2),
  horizons: [1],
}
const step = (value: number) => [Float32Array.of(value), Float32Array.of(value)] as const

/** Forecasts the newest step's input, and of 666 fails. */
function forecast(newest: number): Float32Array {
  if (newest === 666) throw new EngineError('COMPUTE_FAILED', 'The device gave up.')
  return Float32Array.of(newest)
}

/** Of each way to follow, one follower on arithmetic that can be seen through. */
const followers = {
  async 'that keeps what windows share'() {
    const isDisposed = vi.fn(() => false)
    const followed = { quantiles: forecast(1), push: ([x]: Float32Array) => forecast(x), release: vi.fn() }
    return {
      follower: wasmFollower(followed, shape, isDisposed),
      disposeEngine: () => isDisposed.mockReturnValue(true),
    }
  },
  async 'by forward passes'() {
    let isDisposed = false
    const engine = {
      network: { shape } as unknown as Network,
      forward: async ({ observed }) => {
        if (isDisposed) throw new EngineError('DISPOSED', 'The engine has been disposed of.')
        return { quantiles: forecast(observed.at(-1)!) }
      },
    } as Engine
    return {
      follower: await followByForward(engine, series),
      disposeEngine: () => {
        isDisposed = true
      },
    }
  },
}

describe.each(Object.entries(followers))('a follower %s', (_, follow) => {
  it('goes on after inputs that it refuses', async () => {
    const { follower } = await follow()
    await expect(follower.push(...step(Number.NaN))).rejects.toMatchObject({ code: 'NON_FINITE_INPUT' })
    expect(await follower.push(...step(5))).toEqual(Float32Array.of(5))
  })

  it('cannot go on once a forecast has failed, and says of what', async () => {
    const { follower } = await follow()
    await follower.push(...step(4))
    await expect(follower.push(...step(666))).rejects.toMatchObject({ code: 'COMPUTE_FAILED' })
    for (let i = 0; i < 2; i++) {
      await expect(follower.push(...step(5))).rejects.toMatchObject({
        name: 'EngineError',
        code: 'FOLLOWER_BROKEN',
        message: expect.stringMatching(/cannot go on: The device gave up\. Follow the series anew\.$/),
      })
    }
    expect(follower.quantiles).toEqual(Float32Array.of(4))
  })

  it('refuses steps once it is disposed of, broken or not', async () => {
    const { follower } = await follow()
    await expect(follower.push(...step(666))).rejects.toMatchObject({ code: 'COMPUTE_FAILED' })
    follower.dispose()
    follower.dispose()
    await expect(follower.push(...step(5))).rejects.toMatchObject({ name: 'EngineError', code: 'DISPOSED' })
  })

  it('says that its engine is disposed of as often as it is asked', async () => {
    const { follower, disposeEngine } = await follow()
    disposeEngine()
    for (let i = 0; i < 2; i++) await expect(follower.push(...step(5))).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})
