import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CandleSeries } from '../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../../sdk/candle/validate-candles.ts'
import { AbortedError, EngineError } from '../../../sdk/errors.ts'
import type { ForecastSeries } from '../../../sdk/forecast/forecast.ts'
import type { PredictSeriesOptions } from '../../../sdk/forecast/forecaster.ts'
import { ForecastCache, type ForecastRequest } from '../../../worker/forecast-cache.ts'

const market = simulateMarket({ symbols: ['BTC/USDT'], candles: 30, timeframe: '1h', seed: 1 })
const seriesOf = (length: number): CandleSeries =>
  validateCandles(market.get('BTC/USDT')!.slice(0, length), { symbol: 'BTC/USDT', timeframe: '1h' })

/** A predictor whose runs end when the test says so, or when they are aborted. */
class ManualPredictor {
  readonly runs: { options: PredictSeriesOptions; finish: () => void; fail: (error: Error) => void }[] = []

  forecastSeries(options: PredictSeriesOptions): Promise<ForecastSeries> {
    return new Promise((resolve, reject) => {
      this.runs.push({ options, finish: () => resolve({ series: options.series } as ForecastSeries), fail: reject })
      options.signal!.addEventListener('abort', () => setTimeout(() => reject(new AbortedError('The run'))))
    })
  }
}

let predictor: ManualPredictor
let cache: ForecastCache
const ask = (o: { length?: number; signal?: AbortSignal; onProgress?: ForecastRequest['onProgress'] } = {}) =>
  cache.get({
    series: seriesOf(o.length ?? 30),
    signal: o.signal ?? new AbortController().signal,
    onProgress: o.onProgress ?? (() => {}),
  })

beforeEach(() => {
  vi.useFakeTimers()
  predictor = new ManualPredictor()
  cache = new ForecastCache(predictor)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('ForecastCache', () => {
  it('forecasts equal candles once, whoever asks, now or later', async () => {
    const asked = [ask(), ask()]
    predictor.runs[0].finish()
    const [first, second] = await Promise.all(asked)
    expect(second).toBe(first)
    expect(await ask()).toBe(first)
    expect(predictor.runs).toHaveLength(1)
  })

  it('forecasts other candles anew', async () => {
    void ask()
    void ask({ length: 29 })
    expect(predictor.runs.map(run => run.options.series.length)).toEqual([30, 29])
  })

  it('tells all who wait how far it is', () => {
    const heard: string[] = []
    void ask({ onProgress: (done, total) => heard.push(`a ${done}/${total}`) })
    void ask({ onProgress: (done, total) => heard.push(`b ${done}/${total}`) })
    predictor.runs[0].options.onProgress!(10, 20)
    expect(heard).toEqual(['a 10/20', 'b 10/20'])
  })

  it('rejects who aborts, and goes on for the others', async () => {
    const controller = new AbortController()
    const leaving = ask({ signal: controller.signal })
    const staying = ask()
    controller.abort()
    await expect(leaving).rejects.toBeInstanceOf(AbortedError)
    await vi.runAllTimersAsync()
    predictor.runs[0].finish()
    expect((await staying).series.length).toBe(30)
  })

  it('starts nothing for one who had aborted before it was asked', async () => {
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError)
    expect(predictor.runs).toHaveLength(0)
  })

  it('goes on when one who aborts asks again at once', async () => {
    const controller = new AbortController()
    const leaving = ask({ signal: controller.signal })
    controller.abort()
    const again = ask()
    await expect(leaving).rejects.toBeInstanceOf(AbortedError)
    await vi.runAllTimersAsync()
    expect(predictor.runs).toHaveLength(1)
    predictor.runs[0].finish()
    await again
  })

  it('stops a run that nobody waits for, and starts afresh for the next', async () => {
    const controller = new AbortController()
    const leaving = ask({ signal: controller.signal })
    controller.abort()
    await expect(leaving).rejects.toBeInstanceOf(AbortedError)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(predictor.runs[0].options.signal!.aborted).toBe(true)

    const next = ask()
    predictor.runs[1].finish()
    expect((await next).series.length).toBe(30)
  })

  it('keeps nothing of a run that failed', async () => {
    const failing = ask()
    predictor.runs[0].fail(new EngineError('DEVICE_LOST', 'The device was lost.'))
    await expect(failing).rejects.toMatchObject({ code: 'DEVICE_LOST' })
    const next = ask()
    predictor.runs[1].finish()
    await next
  })

  it('keeps the four series used last', async () => {
    for (const length of [30, 29, 28, 27]) {
      const asked = ask({ length })
      predictor.runs.at(-1)!.finish()
      await asked
    }
    await ask({ length: 30 })
    const fifth = ask({ length: 26 })
    predictor.runs[4].finish()
    await fifth
    await ask({ length: 30 })
    expect(predictor.runs).toHaveLength(5)
    void ask({ length: 29 })
    expect(predictor.runs).toHaveLength(6)
  })
})
