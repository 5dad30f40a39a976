import { createPredictionService, type PredictionService } from 'edgequant'
import type { Bus } from '../app/events.ts'
import { toFailure } from '../app/failure.ts'
import type { AppStore } from '../app/state.ts'
import { bundleFromAddress, listBundles } from '../data/bundles.ts'
import { endTimeMs } from '../data/market.ts'
import { loadRecordedMarket } from '../data/recorded-market.ts'
import { simulatedMarket } from '../data/simulated-market.ts'

export interface Loading {
  /** The loaded model; null while there is none. */
  readonly service: PredictionService | null
}

/** Loads the model, then the market it can speak about; again on `retry` and when another bundle is chosen. */
export function createLoading(store: AppStore, bus: Bus): Loading {
  let service: PredictionService | null = null
  let attempt = new AbortController()

  const load = async () => {
    attempt.abort()
    attempt = new AbortController()
    const { signal } = attempt
    await service?.dispose()
    service = null
    store.update({ phase: 'loading', progress: null, failure: null, forecast: null, decision: null, verdict: null })
    try {
      const bundles = await listBundles()
      const bundleUrl = store.state.bundleUrl ?? bundleFromAddress() ?? bundles[0]?.url
      if (bundleUrl === undefined) {
        throw new Error(
          'This site lists no model bundle at /bundles/index.json. Run `npm start` to train one, or name one in the address: ?bundle=/path/to/bundle/.',
        )
      }
      const loaded = await createPredictionService({
        bundle: bundleUrl,
        onProgress: progress => store.update({ progress }),
        signal,
      })
      const { manifest, engineInfo, candlesNeeded, candlesRemembered, cache } = loaded
      const market = (await loadRecordedMarket(manifest)) ?? simulatedMarket(manifest)
      if (signal.aborted) return void loaded.dispose()

      service = loaded
      const symbol = market.symbols.has(store.state.symbol ?? '') ? store.state.symbol! : [...market.symbols.keys()][0]
      store.update({
        phase: 'ready',
        bundles,
        bundleUrl,
        manifest,
        engineInfo,
        cache,
        candlesNeeded,
        candlesRemembered,
        market,
        symbol,
        nowMs: endTimeMs(market.symbols.get(symbol)!, market.timeframe),
        settings: { ...store.state.settings, horizonCandles: manifest.horizons.at(-1)! },
        lab: { report: null, progress: null, failure: null },
      })
    } catch (error) {
      if (!signal.aborted) store.update({ phase: 'failed', failure: toFailure('The model could not be loaded', error) })
    }
  }

  bus.on('retry', load)
  bus.on('selectBundle', ({ url }) => {
    store.update({ bundleUrl: url })
    void load()
  })
  void load()
  return {
    get service() {
      return service
    },
  }
}
