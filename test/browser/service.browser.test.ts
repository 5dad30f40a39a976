import { deleteDB } from 'idb'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BundleFiles } from '../../sdk/bundle/bundle.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import type { Candle } from '../../sdk/candle/candle.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import {
  AbortedError,
  BundleError,
  CandleError,
  ConfigError,
  EdgeQuantError,
  EngineError,
  FeatureError,
  ForecastError,
  ServiceError,
} from '../../sdk/errors.ts'
import type { Forecast } from '../../sdk/forecast/forecast.ts'
import { createPredictor } from '../../sdk/forecast/predictor.ts'
import { createPredictionService } from '../../sdk/service/create-prediction-service.ts'
import type { LoadProgress, PredictionService, PredictionServiceOptions } from '../../sdk/service/service.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { forwardOnCpu } from '../fixtures/forward-on-cpu.ts'
import { type PageServer, servePage } from '../fixtures/page-server.ts'
import { writeTinyBundle } from '../fixtures/tiny-bundle.ts'

const URL_OF_BUNDLE = '/tiny/1.0.0/'
const START_MS = Date.UTC(2024, 0, 1)
const SYMBOL = 'BTC/USDT'
const candles = simulateMarket({
  symbols: [SYMBOL],
  candles: 260,
  timeframe: '1h',
  seed: 3,
  startTimeMs: START_MS,
}).get(SYMBOL)!
const nowMs = START_MS + candles.length * HOUR_MS
const strategy = { horizonCandles: 6 }
const costs = { feeBps: 1, slippageBps: 0 }

type ErrorClass = new (...a: never[]) => EdgeQuantError

let files: BundleFiles
let server: PageServer
const opened: PredictionService[] = []

/** Ended after the test, whatever becomes of it. */
async function open(options: Partial<PredictionServiceOptions> = {}): Promise<PredictionService> {
  const service = await createPredictionService({
    bundle: URL_OF_BUNDLE,
    engine: 'wasm',
    cache: false,
    ...options,
  })
  opened.push(service)
  return service
}

async function failure(work: Promise<unknown>): Promise<EdgeQuantError> {
  const error = await work.then(
    () => new Error('It succeeded.'),
    e => e,
  )
  if (error instanceof EdgeQuantError) return error
  throw error
}

/** The page's server has other files now. */
const serving = (others: BundleFiles): Partial<PredictionServiceOptions> => {
  server.files = others
  return {}
}
const servingAltered = (name: string, bytes: Uint8Array) => serving(new Map([...files, [name, bytes]]))
const manifestOf = (bundle: BundleFiles) => JSON.parse(new TextDecoder().decode(bundle.get('manifest.json')))
const encodeJson = (json: unknown) => new TextEncoder().encode(JSON.stringify(json))
const changed = (at: number, change: Partial<Candle>): Candle[] =>
  candles.map((candle, i) => (i === at ? { ...candle, ...change } : candle))

/** Largest difference of two forecasts, in units of ex-ante volatility of the horizon. */
function difference(a: Forecast, b: Forecast): number {
  const differences = a.horizons.flatMap((horizon, h) =>
    horizon.logReturnQuantiles.map((q, i) => {
      const unit = b.volatility * Math.sqrt(horizon.horizonCandles)
      return Math.abs(q - b.horizons[h].logReturnQuantiles[i]) / unit
    }),
  )
  return Math.max(...differences)
}

beforeAll(async () => {
  files = await writeTinyBundle({ forward: forwardOnCpu })
})
beforeEach(async () => {
  await deleteDB('edgequant')
  server = servePage(URL_OF_BUNDLE, files)
})
afterEach(async () => {
  server.stop()
  await Promise.all(opened.splice(0).map(service => service.dispose()))
})

describe('loading', () => {
  it('tells of every phase in order, and of bytes up to the size of the bundle', async () => {
    const heard: LoadProgress[] = []
    const service = await open({ onProgress: progress => heard.push(progress) })
    const totalBytes = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    expect([...new Set(heard.map(p => p.phase))]).toEqual(['download', 'verify', 'compile', 'warm-up'])
    expect(heard[0]).toEqual({ phase: 'download', loadedBytes: 0, totalBytes: 0 })
    expect(heard.at(-1)).toEqual({ phase: 'warm-up', loadedBytes: totalBytes, totalBytes })
    expect(heard.every((p, i) => i === 0 || p.loadedBytes >= heard[i - 1].loadedBytes)).toBe(true)
    expect(service.manifest).toEqual(manifestOf(files))
    expect(service.engineInfo).toMatchObject({ kind: 'wasm', backend: null })
    expect(service.candlesNeeded).toBe(168 + 6)
    expect(service.candlesRemembered).toBe(32 * 24 + 1 + 6)
    expect(service.contextSymbols).toEqual([])
    expect(service.inputsNeeded).toEqual([])
  })

  it('does not fail because of a listener that throws', async () => {
    const thrown = new Error('the listener’s own fault')
    const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => {})
    const onProgress = () => {
      throw thrown
    }
    expect((await open({ onProgress })).manifest.name).toBe('tiny')
    expect(reported).toHaveBeenCalledWith(thrown)
    reported.mockRestore()
  })

  it('takes an address without its last slash', async () => {
    expect((await open({ bundle: '/tiny/1.0.0' })).manifest.name).toBe('tiny')
  })

  it('takes a bundle that the app already has', async () => {
    const { 'manifest.json': _, ...rest } = Object.fromEntries(files)
    const service = await open({ bundle: { manifest: manifestOf(files), files: rest } })
    expect(service.cache).toEqual({ kind: 'off', reusedFiles: 0, downloadedFiles: 0 })
    expect(server.takeRequests()).toEqual([])
    expect(await service.predictPrice({ symbol: SYMBOL, candles, nowMs })).toMatchObject({ model: 'tiny@1.0.0' })
  })

  it('chooses fused wasm over a software GPU adapter, and says why', async () => {
    const { engineInfo } = await open({ engine: 'auto' })
    expect(engineInfo).toMatchObject({ kind: 'wasm', backend: null, workloads: { single: 'wasm', batch: 'wasm' } })
    expect(engineInfo.reason).toMatch(/^wasm measured .* software/)
    expect(engineInfo.adapter).toMatchObject({ isFallback: true })
    const wasm = engineInfo.candidates.find(c => c.kind === 'wasm')!
    expect(wasm.batch1P50Ms).toBeGreaterThan(0)
    expect(wasm.windowP50Ms).toBeGreaterThan(0)
  })

  it('remembers the choice for the next load, where the cache is on', async () => {
    const { reason } = (await open({ engine: 'auto', cache: true })).engineInfo
    const again = (await open({ engine: 'auto', cache: true })).engineInfo
    expect(again.reason).toMatch(/^As measured and remembered on \d{4}-/)
    expect(again.reason.endsWith(reason)).toBe(true)
    expect((await open({ engine: 'auto' })).engineInfo.reason).toMatch(/^wasm measured/)
  })

  it('works again after it was disposed of, over and over', async () => {
    for (let i = 0; i < 5; i++) {
      const service = await open()
      expect((await service.predictPrice({ symbol: SYMBOL, candles, nowMs })).symbol).toBe(SYMBOL)
      await service.dispose()
    }
  })
})

describe('a bundle whose features look at other symbols', () => {
  it('forecasts, follows and backtests with their candles, and says what is missing without them', async () => {
    const other = 'ETH/USDT'
    const features = ['leadReturn(ETH/USDT,1)', 'marketActivity(3)', 'hourSin(1)', 'hourCos(1)']
    server.files = await writeTinyBundle({ forward: forwardOnCpu, set: { features, market: [SYMBOL, other] } })
    const service = await open()
    expect(service.contextSymbols).toEqual([SYMBOL, other])

    const others = candles.map(candle => ({ ...candle, close: (candle.high + candle.low) / 2 }))
    const until = (end: number) => ({
      symbol: SYMBOL,
      candles: candles.slice(0, end),
      context: { candles: { [other]: others.slice(0, end) } },
      nowMs,
    })
    const end = candles.length
    const forecast = await service.predictPrice(until(end))
    const stream = service.follow(until(end - 1))
    expect(await stream.push(candles[end - 1], { nowMs, others: { [other]: others[end - 1] } })).toEqual(forecast)
    const settings = { strategy: { horizonCandles: 6 }, costs: { feeBps: 1, slippageBps: 0 } }
    const report = await service.backtest({ ...until(end), ...settings })
    expect(report.result.equity).toHaveLength(end - service.candlesNeeded + 1)

    const error = await failure(service.predictPrice({ symbol: SYMBOL, candles, nowMs }))
    expect(error).toMatchObject({ name: 'FeatureError', code: 'NO_CANDLES', details: { symbol: other } })
  })
})

describe('refused bundles', () => {
  it.each<[string, () => Partial<PredictionServiceOptions>, ErrorClass, string, object]>([
    [
      'one that is not there',
      () => serving(new Map()),
      ServiceError,
      'DOWNLOAD_FAILED',
      { url: expect.stringMatching(/^http.*\/tiny\/1\.0\.0\/manifest\.json$/), status: 404 },
    ],
    [
      'one with a missing file',
      () => serving(new Map([...files].filter(([name]) => name !== 'golden.safetensors'))),
      ServiceError,
      'DOWNLOAD_FAILED',
      { url: expect.stringContaining('golden.safetensors'), status: 404 },
    ],
    [
      'a server that does not answer',
      () => ({ bundle: 'http://127.0.0.1:1/tiny/' }),
      ServiceError,
      'DOWNLOAD_FAILED',
      { url: 'http://127.0.0.1:1/tiny/manifest.json', status: null },
    ],
    [
      'an address that is none',
      () => ({ bundle: 'http://[' }),
      ServiceError,
      'INVALID_BUNDLE_URL',
      { url: 'http://[' },
    ],
    [
      'a web page in place of the manifest',
      () => servingAltered('manifest.json', new TextEncoder().encode('<!doctype html>')),
      BundleError,
      'INVALID_JSON',
      {},
    ],
    [
      'another format version',
      () => servingAltered('manifest.json', encodeJson({ ...manifestOf(files), formatVersion: 99 })),
      BundleError,
      'FORMAT_VERSION',
      { found: 99, supported: 1 },
    ],
    [
      'a manifest with an unknown key',
      () => servingAltered('manifest.json', encodeJson({ ...manifestOf(files), surprise: 1 })),
      BundleError,
      'INVALID_MANIFEST',
      { issues: [{ path: 'surprise', value: 1, expected: 'no such key' }] },
    ],
    [
      'truncated weights',
      () => servingAltered('weights.safetensors', files.get('weights.safetensors')!.slice(0, -1)),
      BundleError,
      'FILE_ALTERED',
      { file: expect.stringContaining('weights.safetensors') },
    ],
    [
      'altered weights',
      () =>
        servingAltered(
          'weights.safetensors',
          files.get('weights.safetensors')!.map((b, i) => (i === 900 ? b ^ 1 : b)),
        ),
      BundleError,
      'FILE_ALTERED',
      { file: expect.stringContaining('weights.safetensors') },
    ],
    [
      'altered weights that the app hands over',
      () => ({
        bundle: {
          manifest: manifestOf(files),
          files: { ...Object.fromEntries(files), 'weights.safetensors': new Uint8Array(9) },
        },
      }),
      BundleError,
      'FILE_ALTERED',
      { actual: expect.objectContaining({ bytes: 9 }) },
    ],
    [
      'a backend without its engine',
      () => ({ engine: 'wasm', backend: 'cpu' }),
      ConfigError,
      'INVALID_ENGINE',
      { engine: 'wasm', backend: 'cpu' },
    ],
  ])('are a typed error: %s', async (_, given, errorClass, code, details) => {
    const error = await failure(open(given()))
    expect(error).toBeInstanceOf(errorClass)
    expect(error).toMatchObject({ code, name: errorClass.name, details })
  })

  it('are those whose golden windows this device does not reproduce', async () => {
    server.files = await writeTinyBundle({
      forward: async (...o) => (await forwardOnCpu(...o)).map((q, i) => q + (i === 7 ? 0.002 : 0)),
    })
    const error = await failure(open())
    expect(error).toBeInstanceOf(EngineError)
    expect(error.code).toBe('GOLDEN_MISMATCH')
    expect(error.details.difference).toBeCloseTo(0.002, 5)
  })
})

describe('the cache', () => {
  it('spares the second load all requests but one for the manifest', async () => {
    const first = await open({ cache: true })
    expect(server.takeRequests()).toHaveLength(4)
    expect(first.cache).toEqual({ kind: 'used', reusedFiles: 0, downloadedFiles: 3 })

    const second = await open({ cache: true })
    expect(server.takeRequests()).toEqual(['manifest.json'])
    expect(second.cache).toEqual({ kind: 'used', reusedFiles: 3, downloadedFiles: 0 })
  })

  it('gets only what a new manifest has changed', async () => {
    await open({ cache: true })
    server.takeRequests()
    server.files = await writeTinyBundle({ seed: 9, forward: forwardOnCpu })
    const service = await open({ cache: true })
    expect(server.takeRequests().sort()).toEqual(['golden.safetensors', 'manifest.json', 'weights.safetensors'])
    expect(service.cache).toEqual({ kind: 'used', reusedFiles: 1, downloadedFiles: 2 })
  })

  it('keeps nothing of a bundle that was refused', async () => {
    await failure(open({ ...servingAltered('weights.safetensors', new Uint8Array(9)), cache: true }))
    server.files = files
    expect((await open({ cache: true })).cache.reusedFiles).toBe(0)
  })

  it('is not touched when it is off', async () => {
    await open({ cache: true })
    server.takeRequests()
    expect((await open({ cache: false })).cache.kind).toBe('off')
    expect(server.takeRequests()).toHaveLength(4)
  })

  it('is shared by two loads at once without harm', async () => {
    const both = await Promise.all([open({ cache: true }), open({ cache: true })])
    expect(both.map(service => service.cache.kind)).toEqual(['used', 'used'])
    expect((await open({ cache: true })).cache.reusedFiles).toBe(3)
  })

  it('does not fail loading when IndexedDB is forbidden, and says so', async () => {
    const usual = Object.getOwnPropertyDescriptor(IDBFactory.prototype, 'open')!
    Object.defineProperty(IDBFactory.prototype, 'open', {
      ...usual,
      value: () => {
        throw new DOMException('The user denied permission.', 'SecurityError')
      },
    })
    try {
      const { cache } = await open({ cache: true })
      expect(cache).toEqual({
        kind: 'failed',
        reusedFiles: 0,
        downloadedFiles: 3,
        problem: expect.stringContaining('The user denied permission.'),
      })
    } finally {
      Object.defineProperty(IDBFactory.prototype, 'open', usual)
    }
  })
})

describe('a loaded service', () => {
  it('predicts what the reference engine predicts, within a thousandth of a volatility unit', async () => {
    const bundle = await openBundle(files, 'tiny')
    const { network, weights } = bundle
    const engine = await createTfjsEngine({ network, weights, backend: 'cpu' })
    const reference = await createPredictor({ bundle, engine }).predict({
      symbol: SYMBOL,
      candles,
      nowMs,
      explain: true,
    })
    await engine.dispose()
    const engines: Partial<PredictionServiceOptions>[] = [
      { engine: 'wasm' },
      { engine: 'webgpu' },
      { engine: 'tfjs', backend: 'cpu' },
      { engine: 'tfjs', backend: 'webgpu' },
    ]
    for (const engine of engines) {
      const service = await open(engine)
      const forecast = await service.predictPrice({ symbol: SYMBOL, candles, nowMs, explain: true })
      expect(difference(forecast, reference)).toBeLessThan(1e-3)
      expect(forecast.asOfMs).toBe(nowMs)
      expect(forecast.explanation?.stepTimesMs).toEqual(reference.explanation?.stepTimesMs)
      expect(forecast.horizons[0].priceQuantiles[1]).toBeCloseTo(reference.horizons[0].priceQuantiles[1], 2)
    }
  })

  it('takes candles that an app keeps in proxies', async () => {
    const service = await open()
    const reactive = new Proxy(
      candles.map(candle => new Proxy(candle, {})),
      {},
    )
    expect((await service.predictPrice({ symbol: SYMBOL, candles: reactive, nowMs })).symbol).toBe(SYMBOL)
  })

  it('gates a forecast on the page, with the manifest’s thresholds', async () => {
    const service = await open()
    const forecast = await service.predictPrice({ symbol: SYMBOL, candles, nowMs })
    expect(service.gate(forecast)).toMatchObject({ horizonCandles: 6, costBps: 12 })
    expect(service.gate(forecast, { horizonCandles: 1, costs: { feeBps: 2, slippageBps: 3 } })).toMatchObject({
      horizonCandles: 1,
      costBps: 10,
    })
    expect(() => service.gate(forecast, { horizonCandles: 2 })).toThrow(ForecastError)
  })

  it('backtests beside the baselines, and forecasts the same candles once', async () => {
    const service = await open()
    const progress: { doneCandles: number; totalCandles: number }[] = []
    const onProgress = (p: (typeof progress)[number]) => progress.push(p)
    const report = await service.backtest({ symbol: SYMBOL, candles, strategy, costs, nowMs, onProgress })
    expect(report.result.equity).toHaveLength(candles.length - service.candlesNeeded + 1)
    expect(report.baselines.map(b => b.name)).toHaveLength(2)
    expect(report.trials).toBe(1)
    expect(progress.at(-1)).toEqual({ doneCandles: report.timesMs.length, totalCandles: report.timesMs.length })

    progress.length = 0
    const cheaper = { feeBps: 0, slippageBps: 0 }
    const again = await service.backtest({
      symbol: SYMBOL,
      candles: [...candles],
      strategy,
      costs: cheaper,
      trials: 2,
      nowMs,
      onProgress,
    })
    expect(again.costs).toEqual(cheaper)
    expect(again.trials).toBe(2)
    expect(progress).toEqual([])

    const others = changed(100, { close: candles[100].close * 1.0001, high: candles[100].high * 1.0001 })
    await service.backtest({ symbol: SYMBOL, candles: others, strategy, costs, nowMs, onProgress })
    expect(progress).not.toEqual([])
  })

  it('answers while a backtest is under way', async () => {
    const service = await open()
    const asked = { symbol: SYMBOL, candles, nowMs }
    const alone = await service.predictPrice(asked)
    const [report, forecast] = await Promise.all([
      service.backtest({ ...asked, strategy, costs }),
      service.predictPrice(asked),
    ])
    expect(forecast).toEqual(alone)
    expect(report.endTimeMs).toBe(forecast.asOfMs)
  })

  it('gives every bad input its class, code and place across the boundary, and serves on', async () => {
    const service = await open()
    const before = await service.predictPrice({ symbol: SYMBOL, candles, nowMs })
    const predict = (given: Candle[], symbol = SYMBOL) => service.predictPrice({ symbol, candles: given, nowMs })
    const backtest = (change: object) =>
      service.backtest({ symbol: SYMBOL, candles, strategy, costs, nowMs, ...change })
    const at = { symbol: SYMBOL, index: 7 }
    const { low, openTimeMs } = candles[7]

    const cases: [Promise<unknown>, ErrorClass, string, object][] = [
      [
        predict(changed(7, { close: Number.NaN })),
        CandleError,
        'NON_FINITE',
        { ...at, field: 'close', value: Number.NaN },
      ],
      [predict(candles.with(7, null as unknown as Candle)), CandleError, 'NOT_A_CANDLE', { index: 7, value: 'null' }],
      [predict(changed(7, { open: -1 })), CandleError, 'NON_POSITIVE_PRICE', { ...at, field: 'open', value: -1 }],
      [predict(changed(7, { high: low / 2 })), CandleError, 'OHLC_ORDER', { ...at, field: 'high', value: low / 2 }],
      [predict(changed(7, { openTimeMs: candles[5].openTimeMs })), CandleError, 'UNORDERED_TIME', at],
      [predict(changed(7, { openTimeMs: candles[6].openTimeMs })), CandleError, 'DUPLICATE_TIME', at],
      [predict(changed(7, { openTimeMs: openTimeMs + 1 })), CandleError, 'MISALIGNED_TIME', at],
      [predict(candles.filter((_, i) => i !== 7)), CandleError, 'GAP', at],
      [
        service.predictPrice({ symbol: SYMBOL, candles, nowMs: nowMs - 1 }),
        CandleError,
        'IN_PROGRESS',
        { index: candles.length - 1 },
      ],
      [predict([]), CandleError, 'EMPTY', { symbol: SYMBOL }],
      [predict(candles.slice(-20)), FeatureError, 'TOO_FEW_CANDLES', { given: 20, needed: 174 }],
      [predict(candles, 'DOGE/USDT'), ServiceError, 'UNKNOWN_SYMBOL', { symbol: 'DOGE/USDT' }],
      [backtest({ candles: changed(7, { volume: -1 }) }), CandleError, 'NEGATIVE_VOLUME', at],
      [backtest({ symbol: 'DOGE/USDT' }), ServiceError, 'UNKNOWN_SYMBOL', { symbol: 'DOGE/USDT' }],
      [backtest({ strategy: { horizonCandles: 5 } }), ForecastError, 'UNKNOWN_HORIZON', { horizonCandles: 5 }],
      [
        backtest({ costs: { feeBps: -1, slippageBps: 0 } }),
        ConfigError,
        'INVALID_COSTS',
        { field: 'feeBps', value: -1 },
      ],
    ]
    const errors = await Promise.all(cases.map(([work]) => failure(work)))
    for (const [i, [, errorClass, code, details]] of cases.entries()) {
      const error = errors[i]
      expect(error).toBeInstanceOf(errorClass)
      expect(error).toMatchObject({ code, name: errorClass.name, details })
      expect(error.message.length).toBeGreaterThan(40)
    }
    expect(await service.predictPrice({ symbol: SYMBOL, candles, nowMs })).toEqual(before)
  })
})

describe('an abort', () => {
  it('ends loading before it has begun and while it downloads or builds', async () => {
    expect(await failure(open({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError)
    for (const phase of ['download', 'verify', 'compile', 'warm-up']) {
      const controller = new AbortController()
      const onProgress = (progress: LoadProgress) => {
        if (progress.phase === phase) controller.abort()
      }
      const error = await failure(open({ signal: controller.signal, onProgress }))
      expect(error).toBeInstanceOf(AbortedError)
      expect(error.code).toBe('ABORTED')
    }
  })

  it('rejects a prediction and a backtest, and the service serves on', async () => {
    const service = await open()
    const asked = { symbol: SYMBOL, candles, nowMs }
    const early = AbortSignal.abort()
    expect(await failure(service.predictPrice({ ...asked, signal: early }))).toBeInstanceOf(AbortedError)

    const during = new AbortController()
    const prediction = service.predictPrice({ ...asked, signal: during.signal })
    during.abort()
    expect(await failure(prediction)).toMatchObject({ code: 'ABORTED', details: { what: 'Predicting BTC/USDT' } })

    const controller = new AbortController()
    const backtest = service.backtest({ ...asked, strategy, costs, signal: controller.signal })
    controller.abort()
    expect(await failure(backtest)).toMatchObject({ code: 'ABORTED', details: { what: 'Backtesting BTC/USDT' } })

    expect((await service.backtest({ ...asked, strategy, costs })).symbol).toBe(SYMBOL)
  })
})

describe('the end', () => {
  it('of a disposed service is a rejection of what is pending and of what comes later', async () => {
    const service = await open()
    const asked = { symbol: SYMBOL, candles, nowMs }
    const pending = [service.predictPrice(asked), service.backtest({ ...asked, strategy, costs })].map(failure)
    await service.dispose()
    for (const error of await Promise.all(pending)) {
      expect(error).toBeInstanceOf(ServiceError)
      expect(error.code).toBe('DISPOSED')
    }
    expect((await failure(service.predictPrice(asked))).code).toBe('DISPOSED')
    await service.dispose()
  })

  it('of a worker that dies is a rejection that says why', async () => {
    const script = 'onmessage = () => { throw new Error("out of memory, say") }'
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
    const error = await failure(open({ createWorker: () => new Worker(url, { type: 'module' }) }))
    expect(error).toBeInstanceOf(ServiceError)
    expect(error.code).toBe('WORKER_DIED')
    expect(error.message).toContain('out of memory, say')
  })

  it('of a worker whose script is missing is the same', async () => {
    const error = await failure(
      open({ createWorker: () => new Worker('/bundles/no-such-worker.js', { type: 'module' }) }),
    )
    expect(error.code).toBe('WORKER_DIED')
    expect(error.message).toContain('Content-Security-Policy')
  })
})
