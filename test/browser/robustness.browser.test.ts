import { afterEach, describe, expect, it, vi } from 'vitest'
import { ServiceError } from '../../sdk/errors.ts'
import { closedMs, failure, SYMBOL, serviceCandles, TinyServices } from '../fixtures/tiny-service.ts'

const COUNT = 260
const candles = serviceCandles(COUNT)
const asked = { symbol: SYMBOL, candles, nowMs: closedMs(COUNT) }
const backtest = { ...asked, strategy: { horizonCandles: 6 }, costs: { feeBps: 1, slippageBps: 0 } }

const services = new TinyServices()
const started: Worker[] = []

/** The usual worker, within the test's reach. */
const createWorker = (): Worker => {
  const worker = new Worker(new URL('../../worker/worker.ts', import.meta.url), { type: 'module' })
  started.push(worker)
  return worker
}

afterEach(async () => {
  vi.useRealTimers()
  await services.disposeAll()
  started.length = 0
})

describe('a service whose worker dies', () => {
  it('rejects what is pending, and answers the next call as before, from a new worker', async () => {
    const service = await services.open({ createWorker })
    const before = await service.predictPrice(asked)
    const pending = [failure(service.predictPrice(asked)), failure(service.backtest(backtest))]
    started[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }))
    for (const error of await Promise.all(pending)) {
      expect(error).toBeInstanceOf(ServiceError)
      expect(error).toMatchObject({ code: 'WORKER_DIED', details: { why: 'out of memory' } })
    }
    expect(await service.predictPrice(asked)).toEqual(before)
    expect(started).toHaveLength(2)
    expect(service.engineInfo.kind).toBe('wasm')
  })

  it('notices it when the browser ends the worker without a word', async () => {
    const service = await services.open({ createWorker })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    started[0].terminate()
    const pending = failure(service.predictPrice(asked))
    await vi.advanceTimersByTimeAsync(40_000)
    expect(await pending).toMatchObject({ code: 'WORKER_DIED' })
    vi.useRealTimers()
    expect((await service.predictPrice(asked)).symbol).toBe(SYMBOL)
  })

  it('ends its streams, which say to follow anew, and that works', async () => {
    const service = await services.open({ createWorker })
    const stream = service.follow({ ...asked, candles: candles.slice(0, -2) })
    const forecast = await stream.push(candles[COUNT - 2])
    started[0].dispatchEvent(new ErrorEvent('error', { message: 'gone', cancelable: true }))
    expect(await failure(stream.push(candles[COUNT - 1]))).toMatchObject({
      code: 'STREAM_LOST',
      message: expect.stringContaining('Follow the symbol anew'),
    })
    const again = service.follow({ ...asked, candles: candles.slice(0, -1) })
    expect(await again.forecast).toEqual(forecast)
  })
})

describe('a stream of a service', () => {
  it.each(['wasm', 'tfjs'] as const)('forecasts on %s what predictPrice says of the same candles', async engine => {
    const service = await services.open({ engine })
    const stream = service.follow({ ...asked, candles: candles.slice(0, 240) })
    for (let count = 240; count < 250; count++) {
      const followed = count === 240 ? await stream.forecast : await stream.push(candles[count - 1])
      expect(followed).toEqual(await service.predictPrice({ ...asked, candles: candles.slice(0, count) }))
      expect(await stream.forecast).toEqual(followed)
    }
  })

  it('takes candles in the order of the calls, beside other streams, without waiting in between', async () => {
    const service = await services.open()
    const streams = [200, 210, 220].map(count => service.follow({ ...asked, candles: candles.slice(0, count) }))
    const pushed = streams.map((stream, s) =>
      Promise.all(candles.slice(200 + 10 * s, 230 + 10 * s).map(candle => stream.push(candle))),
    )
    const forecasts = await Promise.all(pushed)
    for (const [s, ofStream] of forecasts.entries()) {
      const upTo = 230 + 10 * s
      expect(ofStream.at(-1)).toEqual(await service.predictPrice({ ...asked, candles: candles.slice(0, upTo) }))
    }
  })

  it('refuses a candle that does not follow, and goes on', async () => {
    const service = await services.open()
    const stream = service.follow({ ...asked, candles: candles.slice(0, 240) })
    const first = await stream.forecast
    expect((await failure(stream.push(candles[241]))).code).toBe('GAP')
    expect((await failure(stream.push({ ...candles[239], volume: 1 }))).code).toBe('CANDLE_CORRECTED')
    expect((await failure(stream.push(candles[240], { nowMs: candles[240].openTimeMs }))).code).toBe('IN_PROGRESS')
    expect(await stream.forecast).toBe(first)
    expect(await stream.push(candles[240])).toEqual(
      await service.predictPrice({ ...asked, candles: candles.slice(0, 241) }),
    )
  })

  it('that could not begin says why, to whoever asks', async () => {
    const service = await services.open()
    const stream = service.follow({ ...asked, candles: candles.slice(0, 20) })
    expect(await failure(stream.forecast)).toMatchObject({ code: 'TOO_FEW_CANDLES' })
    expect(await failure(stream.push(candles[20]))).toMatchObject({ code: 'TOO_FEW_CANDLES' })
    expect(() => service.follow({ ...asked, candles: [] })).toThrow('got no candles')
  })

  it('that was closed, or whose service was, takes no more candles', async () => {
    const service = await services.open()
    const [closed, other] = [1, 2].map(() => service.follow({ ...asked, candles: candles.slice(0, 240) }))
    await closed.forecast
    closed.close()
    expect((await failure(closed.push(candles[240]))).code).toBe('STREAM_CLOSED')
    await other.forecast
    await service.dispose()
    expect((await failure(other.push(candles[240]))).code).toBe('DISPOSED')
  })
})

describe('the self-test of a service', () => {
  it('runs the golden windows on the live engine again', async () => {
    const service = await services.open()
    const report = await service.selfTest()
    expect(report).toMatchObject({ engine: 'wasm', windows: 3, runs: 5, tolerance: 1e-3 })
    expect(report.worstDifference).toBeLessThan(1e-5)
  })
})
