import { proxy } from 'comlink'
import type { Candle, CandleSeries } from '../candle/candle.ts'
import { validateCandles } from '../candle/validate-candles.ts'
import { ConfigError, ServiceError } from '../errors.ts'
import { toForecastInputs } from '../forecast/forecast-context.ts'
import type { CostModel } from '../gate/costs.ts'
import { findHorizon, gateForecast, gateLimits } from '../gate/gate-forecast.ts'
import { loadModel } from './load-model.ts'
import { ModelWorker } from './model-worker.ts'
import type { PredictionService, PredictionServiceOptions } from './service.ts'
import { takeBundle } from './take-bundle.ts'
import { WorkerStream } from './worker-stream.ts'

/** One way, of a large exchange: its fee for takers with a discount, and half a tight spread. */
export const DEFAULT_COSTS: CostModel = { feeBps: 5, slippageBps: 1 }

/**
 * Loads a model bundle into a Web Worker: downloads (or takes from the cache) and verifies it, builds and measures an
 * engine, and proves the engine on the bundle's golden windows.
 *
 * @throws ServiceError `DOWNLOAD_FAILED`, `INVALID_BUNDLE_URL`, `NO_WORKERS`, `WORKER_DIED`; ConfigError `INVALID_ENGINE`;
 *   BundleError for a bundle that is altered, of another format version or contradictory; EngineError; AbortedError
 */
export async function createPredictionService(options: PredictionServiceOptions): Promise<PredictionService> {
  checkOptions(options)
  const onProgress = guardCallback(options.onProgress)
  const bundle = await takeBundle(options, onProgress)
  const { manifest, cache } = bundle

  // Aborts the first load; a worker that replaces it is not aborted by what the app did with its signal since.
  let { signal } = options
  const worker = new ModelWorker({
    createWorker: options.createWorker ?? startWorker,
    load: link => loadModel(link, bundle, { ...options, signal, onProgress }),
  })
  await worker.ready()
  signal = undefined

  const seriesOf = (symbol: string, candles: readonly Candle[], nowMs = Date.now()): CandleSeries =>
    validateCandles(candles, { symbol, timeframe: manifest.timeframe, nowMs })
  let streams = 0

  return {
    manifest,
    cache,
    get engineInfo() {
      return worker.loaded.engineInfo
    },
    candlesNeeded: worker.loaded.candlesNeeded,
    candlesRemembered: worker.loaded.candlesRemembered,
    contextSymbols: worker.loaded.contextSymbols,
    inputsNeeded: worker.loaded.inputsNeeded,
    async predictPrice({ symbol, candles, context, explain = false, nowMs, signal }) {
      const inputs = toForecastInputs(seriesOf(symbol, candles, nowMs), context, nowMs)
      return worker.call({ what: `Predicting ${symbol}`, signal, send: api => api.predict(inputs, explain) })
    },
    follow: ({ symbol, candles, context, nowMs }) => {
      const inputs = toForecastInputs(seriesOf(symbol, candles, nowMs), context, nowMs)
      return new WorkerStream(worker, ++streams, inputs)
    },
    gate: (forecast, { horizonCandles, costs = DEFAULT_COSTS } = {}) =>
      gateForecast(forecast, {
        thresholds: manifest.gate,
        costs,
        ...(horizonCandles === undefined ? {} : { horizonCandles }),
      }),
    async backtest({ symbol, candles, context, nowMs, trials = 1, onProgress, signal, ...settings }) {
      const inputs = toForecastInputs(seriesOf(symbol, candles, nowMs), context, nowMs)
      const { strategy, costs, initialCashQuote } = settings
      // Before the forecasts, which take far longer than to find these wrong.
      findHorizon(manifest.horizons, strategy.horizonCandles, `${manifest.name}@${manifest.version}`)
      gateLimits({ ...strategy, costs, thresholds: manifest.gate })
      const request = {
        inputs,
        trials,
        strategy: { ...strategy },
        costs: { ...costs },
        ...(initialCashQuote === undefined ? {} : { initialCashQuote }),
      }
      const tell = guardCallback(onProgress)
      const { report, engineInfo } = await worker.call({
        what: `Backtesting ${symbol}`,
        signal,
        send: (api, call) =>
          api.backtest(
            call,
            request,
            proxy((doneCandles: number, totalCandles: number) => {
              if (!signal?.aborted) tell({ doneCandles, totalCandles })
            }),
          ),
      })
      worker.engineInfo = engineInfo
      return report
    },
    selfTest: () => worker.call({ what: 'The self-test', send: api => api.selfTest() }),
    async dispose() {
      worker.close()
    },
  }
}

/** Bundlers recognise exactly this expression, and build the worker from it. */
const startWorker = (): Worker => new Worker(new URL('../../worker/worker.ts', import.meta.url), { type: 'module' })

function checkOptions({ engine, backend, createWorker }: PredictionServiceOptions): void {
  if (backend !== undefined && engine !== 'tfjs') {
    throw new ConfigError(
      'INVALID_ENGINE',
      `backend is '${backend}' with engine '${engine ?? 'auto'}'. Give engine: 'tfjs' with it, or leave the backend to be measured.`,
      { engine: engine ?? 'auto', backend },
    )
  }
  if (createWorker === undefined && typeof Worker === 'undefined') {
    throw new ServiceError(
      'NO_WORKERS',
      "There are no Web Workers here. The prediction service is for browsers; elsewhere, use createEngine of 'edgequant/engine' with createPredictor.",
    )
  }
}

/** A listener that throws is the listener's fault: reported as such, it does not fail what it listens to. */
function guardCallback<T>(listener: ((value: T) => void) | undefined): (value: T) => void {
  return value => {
    try {
      listener?.(value)
    } catch (error) {
      globalThis.reportError(error)
    }
  }
}
