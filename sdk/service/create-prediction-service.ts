import { proxy } from 'comlink'
import { BUNDLE_FILES, type BundleFiles } from '../bundle/bundle.ts'
import { parseManifest } from '../bundle/parse-manifest.ts'
import type { Candle } from '../candle/candle.ts'
import { validateCandles } from '../candle/validate-candles.ts'
import { ConfigError, ServiceError } from '../errors.ts'
import type { CostModel } from '../gate/costs.ts'
import { findHorizon, gateForecast, gateLimits } from '../gate/gate-forecast.ts'
import { type FetchedBundle, fetchBundle } from './fetch-bundle.ts'
import type { LoadProgress, PredictionService, PredictionServiceOptions } from './service.ts'
import { WorkerLink } from './worker-link.ts'

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
  const { signal, engine, backend } = options
  const report = guardCallback(options.onProgress)
  const { files, manifest, where, cache } = await takeBundle(options, report)
  const totalBytes = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)

  const link = new WorkerLink((options.createWorker ?? startWorker)())
  const load = link.call({
    what: `Loading ${where}`,
    signal,
    send: api =>
      api.load(
        { files, where, ...(engine ? { engine } : {}), ...(backend ? { backend } : {}) },
        proxy((phase: LoadProgress['phase']) => report({ phase, loadedBytes: totalBytes, totalBytes })),
      ),
  })
  const { engineInfo, candlesNeeded } = await load.catch(error => {
    link.close()
    throw error
  })

  return {
    manifest,
    engineInfo,
    candlesNeeded,
    cache,
    predictPrice: ({ symbol, candles, explain = false, nowMs = Date.now(), signal }) =>
      link.call({
        what: `Predicting ${symbol}`,
        signal,
        send: api => api.predict({ symbol, candles: candles.map(plainCandle), explain, nowMs }),
      }),
    gate: (forecast, { horizonCandles, costs = DEFAULT_COSTS } = {}) =>
      gateForecast(forecast, {
        thresholds: manifest.gate,
        costs,
        ...(horizonCandles === undefined ? {} : { horizonCandles }),
      }),
    async backtest({ symbol, candles, nowMs = Date.now(), trials = 1, onProgress, signal, ...settings }) {
      // Checked here, since columns are far quicker to send than loose candles.
      const series = validateCandles(candles, { symbol, timeframe: manifest.timeframe, nowMs })
      const { strategy, costs, initialCashQuote } = settings
      // Before the forecasts, which take far longer than to find these wrong.
      findHorizon(manifest.horizons, strategy.horizonCandles, `${manifest.name}@${manifest.version}`)
      gateLimits({ ...strategy, costs, thresholds: manifest.gate })
      const request = {
        series,
        trials,
        strategy: { ...strategy },
        costs: { ...costs },
        ...(initialCashQuote === undefined ? {} : { initialCashQuote }),
      }
      const report = guardCallback(onProgress)
      return link.call({
        what: `Backtesting ${symbol}`,
        signal,
        send: (api, call) =>
          api.backtest(
            call,
            request,
            proxy((doneCandles: number, totalCandles: number) => {
              if (!signal?.aborted) report({ doneCandles, totalCandles })
            }),
          ),
      })
    },
    async dispose() {
      link.close()
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

async function takeBundle(
  { bundle, cache = true, signal }: PredictionServiceOptions,
  onProgress: (progress: LoadProgress) => void,
): Promise<FetchedBundle> {
  if (typeof bundle === 'string') return fetchBundle({ url: bundle, cache, onProgress, signal })
  const where = 'the bundle given'
  const manifest = parseManifest(bundle.manifest, `${where}/${BUNDLE_FILES.manifest}`)
  const files: BundleFiles = new Map([
    ...Object.entries(bundle.files),
    [BUNDLE_FILES.manifest, new TextEncoder().encode(JSON.stringify(manifest))],
  ])
  return { files, manifest, where, cache: { kind: 'off', reusedFiles: 0, downloadedFiles: 0 } }
}

/** Apps keep candles in reactive proxies, which cannot be sent; values go as they are, for the worker to judge. */
function plainCandle(candle: Candle): Candle {
  if (typeof candle !== 'object' || candle === null) return candle
  const { openTimeMs, open, high, low, close, volume } = candle
  return { openTimeMs, open, high, low, close, volume }
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
