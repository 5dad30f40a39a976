import type { Bundle } from '../sdk/bundle/bundle.ts'
import { decodeBundle, type VerifiedBundle } from '../sdk/bundle/decode-bundle.ts'
import type { Engine } from '../sdk/engine.ts'
import { ServiceError } from '../sdk/errors.ts'
import { createForecaster, type Forecaster } from '../sdk/forecast/forecaster.ts'
import type { SeriesFollower } from '../sdk/forecast/series-follower.ts'
import type { LoadProgress } from '../sdk/service/service.ts'
import type { CallId, StreamId, WorkerApi } from '../sdk/service/worker-api.ts'
import { createEngine } from './engine.ts'
import { nameOf } from './engine-name.ts'
import type { ForecastCache } from './forecast-cache.ts'
import { knowFeatures } from './know-features.ts'
import { startLane } from './lane.ts'
import { listening } from './listening.ts'
import { loadBacktesting, loadWasmEngine } from './parts.ts'
import { enginesOf } from './routed-engine.ts'
import { selfTest } from './self-test.ts'
import { wasmPaths } from './tfjs/wasm-paths.ts'

interface LoadedModel {
  readonly bundle: Bundle
  readonly engine: Engine
  /** The same, perhaps with lanes. */
  readonly serving: Engine
  readonly forecaster: Forecaster
  /** From the first backtest on. */
  forecasts: ForecastCache | null
}

/** Of a self-test that was asked for: a device that is right now and then is found out. */
const SELF_TEST_RUNS = 5

/** Beyond this, memory and heat grow and speed hardly does. */
const MOST_THREADS = 8

/** Shares large series out among the cores, where the engine for them runs on one and workers may start workers. */
async function withLanes(engine: Engine, bundle: VerifiedBundle): Promise<Engine> {
  const threads = Math.min(navigator.hardwareConcurrency ?? 1, MOST_THREADS)
  const canShare = engine.info.workloads.batch === 'wasm' && threads > 1 && typeof Worker !== 'undefined'
  if (!canShare) return engine
  const { LanePool, PooledEngine } = await loadWasmEngine()
  return new PooledEngine(engine, new LanePool(bundle, threads - 1, startLane))
}

/** What one worker does for its page. */
export function createWorkerApi(): WorkerApi {
  let model: LoadedModel | null = null
  const backtests = new Map<CallId, AbortController>()
  const streams = new Map<StreamId, SeriesFollower>()

  const loaded = (): LoadedModel => {
    if (model) return model
    throw new ServiceError('NOT_LOADED', 'The worker has no model yet. Call load first, and wait for it.')
  }

  return {
    load: ({ bundle: verified, rememberChoice, ...choice }, listener) =>
      listening(listener, async page => {
        let heard: unknown
        const tell = (phase: LoadProgress['phase']) => {
          heard = page.onPhase(phase)
        }
        tell('verify')
        if (choice.engine !== 'tfjs' && choice.engine !== 'webgpu') void loadWasmEngine().catch(() => {}) // comes meanwhile; who needs it reports
        const bundle = decodeBundle(verified)
        const engine = await createEngine({
          bundle,
          wasmPaths,
          onPhase: tell,
          ...(rememberChoice ? { choices: { read: page.readChoice, write: page.writeChoice } } : {}),
          ...choice,
        })
        const serving = await withLanes(engine, verified)
        await knowFeatures(bundle.manifest.features.map(feature => feature.name))
        const forecaster = createForecaster({ bundle, engine: serving })
        model = { bundle, engine, serving, forecaster, forecasts: null }
        await heard // so that the page knows of every phase before it has the result
        const { candlesNeeded, candlesRemembered, contextSymbols, inputsNeeded } = forecaster
        return { engineInfo: engine.info, candlesNeeded, candlesRemembered, contextSymbols, inputsNeeded }
      }),
    ping() {},
    predict: async (inputs, explain) => loaded().forecaster.forecastNewest({ ...inputs, explain }),
    backtest: (call, { inputs, ...settings }, onProgress) =>
      listening(onProgress, async tell => {
        const current = loaded()
        const controller = new AbortController()
        backtests.set(call, controller)
        let heard: unknown
        try {
          const { createBacktestReport, ForecastCache } = await loadBacktesting()
          current.forecasts ??= new ForecastCache(current.forecaster)
          const forecasts = await current.forecasts.get({
            ...inputs,
            signal: controller.signal,
            onProgress: (...progress) => {
              heard = tell(...progress)
            },
          })
          await heard
          const thresholds = current.bundle.manifest.gate
          const report = createBacktestReport({ ...settings, series: inputs.series, forecasts, thresholds })
          return { report, engineInfo: current.serving.info }
        } finally {
          backtests.delete(call)
        }
      }),
    async follow(stream, inputs) {
      const follower = await loaded().forecaster.follow(inputs)
      streams.set(stream, follower)
      return follower.forecast
    },
    async push(stream, candle, others) {
      const follower = streams.get(stream)
      if (follower) return follower.push(candle, others)
      throw new ServiceError('STREAM_CLOSED', 'This stream has been closed. Follow the symbol anew.', { stream })
    },
    unfollow(stream) {
      streams.get(stream)?.close()
      streams.delete(stream)
    },
    async selfTest() {
      const { bundle, engine } = loaded()
      const engines = enginesOf(engine)
      let worstDifference = 0
      for (const each of engines)
        worstDifference = Math.max(worstDifference, await selfTest(each, bundle, SELF_TEST_RUNS))
      return {
        engine: engines.map(each => nameOf(each.info)).join(' and '),
        windows: bundle.golden.batch.size,
        runs: SELF_TEST_RUNS,
        worstDifference,
        tolerance: bundle.manifest.golden.tolerance,
      }
    },
    abort: call => backtests.get(call)?.abort(),
  }
}
