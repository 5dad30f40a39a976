import { expose, type ProxyMarked, type Remote, releaseProxy } from 'comlink'
import { createBacktestReport } from '../sdk/backtest/create-backtest-report.ts'
import type { Manifest } from '../sdk/bundle/manifest.ts'
import { openBundle } from '../sdk/bundle/open-bundle.ts'
import { ServiceError } from '../sdk/errors.ts'
import { createPredictor, type Predictor } from '../sdk/forecast/predictor.ts'
import { installErrorTransfer } from '../sdk/service/error-transfer.ts'
import type { CallId, WorkerApi } from '../sdk/service/worker-api.ts'
import { ForecastCache } from './forecast-cache.ts'

interface LoadedModel {
  readonly manifest: Manifest
  readonly predictor: Predictor
  readonly forecasts: ForecastCache
}

let model: LoadedModel | null = null

const backtests = new Map<CallId, AbortController>()

const api: WorkerApi = {
  load: ({ files, where, ...choice }, onPhase) =>
    listening(onPhase, async report => {
      report('verify')
      const bundle = await openBundle(files, where)
      // Only now: a bundle that is refused costs no engine.
      const [{ createEngine }, { wasmPaths }] = await Promise.all([
        import('./engine.ts'),
        import('./tfjs/wasm-paths.ts'),
      ])
      const engine = await createEngine({ bundle, wasmPaths, onPhase: report, ...choice })
      const predictor = createPredictor({ bundle, engine })
      model = { manifest: bundle.manifest, predictor, forecasts: new ForecastCache(predictor) }
      return { engineInfo: engine.info, candlesNeeded: predictor.candlesNeeded }
    }),
  predict: async request => loaded().predictor.predict(request),
  backtest: (call, { series, ...settings }, onProgress) =>
    listening(onProgress, async report => {
      const { manifest, forecasts } = loaded()
      const controller = new AbortController()
      backtests.set(call, controller)
      try {
        return createBacktestReport({
          ...settings,
          series,
          forecasts: await forecasts.get({ series, signal: controller.signal, onProgress: report }),
          thresholds: manifest.gate,
        })
      } finally {
        backtests.delete(call)
      }
    }),
  abort: call => backtests.get(call)?.abort(),
}

function loaded(): LoadedModel {
  if (model) return model
  throw new ServiceError('NOT_LOADED', 'The worker has no model yet. Call load first, and wait for it.')
}

/** A function of the page, as comlink hands it over. */
type Listener<A extends unknown[]> = Remote<((...args: A) => void) & ProxyMarked>

/**
 * Lets a call tell the page how far it is. The page has heard everything when the call returns, and the channel that
 * comlink opened for the listener is closed: one would be left behind by every call.
 */
async function listening<A extends unknown[], T>(
  listener: (...args: A) => void,
  run: (report: (...args: A) => void) => Promise<T>,
): Promise<T> {
  const remote = listener as unknown as Listener<A>
  let heard: unknown
  try {
    return await run((...args) => {
      heard = (remote as (...args: A) => unknown)(...args)
    })
  } finally {
    await heard
    remote[releaseProxy]()
  }
}

installErrorTransfer()
expose(api)
