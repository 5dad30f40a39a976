import type { BacktestReport, CostModel, GatedForecastOptions } from '../backtest/backtest.ts'
import type { Manifest } from '../bundle/manifest.ts'
import type { Candle } from '../candle/candle.ts'
import type { EngineInfo, TfjsBackend } from '../engine.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { Decision } from '../gate/decision.ts'

export interface LoadProgress {
  readonly phase: 'download' | 'verify' | 'compile' | 'warm-up'
  /** Bytes so far and in all; both 0 until known. */
  readonly loadedBytes: number
  readonly totalBytes: number
}

/** What the cache in IndexedDB did for a load. `reusedFiles` and `downloadedFiles` leave out the manifest, always asked for. */
export type CacheReport =
  | { readonly kind: 'used' | 'off'; readonly reusedFiles: number; readonly downloadedFiles: number }
  /** The model is loaded all the same. `problem` is a sentence for people. */
  | {
      readonly kind: 'failed'
      readonly reusedFiles: number
      readonly downloadedFiles: number
      readonly problem: string
    }

/** `auto` measures the backends that are there and takes the fastest; a software GPU adapter is never chosen. */
export type EngineChoice = 'auto' | 'tfjs'

export interface PredictionServiceOptions {
  /** URL of the bundle's folder (ending in `/`), or its files. */
  readonly bundle: string | { readonly manifest: unknown; readonly files: Readonly<Record<string, Uint8Array>> }
  readonly engine?: EngineChoice
  /** Fixes the tfjs backend; with `engine: 'tfjs'` only. */
  readonly backend?: TfjsBackend
  readonly onProgress?: (progress: LoadProgress) => void
  /** Aborts loading and ends the worker; afterwards it has no effect. */
  readonly signal?: AbortSignal
  /** Keep verified bundles in IndexedDB; default true. */
  readonly cache?: boolean
  /** Where the worker comes from, for custom bundling. */
  readonly createWorker?: () => Worker
}

export interface PredictOptions {
  /** One of the manifest's symbols, e.g. `BTC/USDT`. */
  readonly symbol: string
  /** Closed candles, oldest first, contiguous; at least `service.candlesNeeded` of them. */
  readonly candles: readonly Candle[]
  /** Also return attention and variable importance; default false. */
  readonly explain?: boolean
  /** A candle that closes after this is still in progress and is refused; default now. */
  readonly nowMs?: number
  readonly signal?: AbortSignal
}

export interface GateOptions {
  /** Horizon to trade, in candles; default: the manifest's longest. */
  readonly horizonCandles?: number
  /** One-way costs; default 5 bps fee and 1 bp slippage. */
  readonly costs?: CostModel
}

export interface BacktestOptions {
  readonly symbol: string
  readonly candles: readonly Candle[]
  readonly strategy: GatedForecastOptions
  readonly costs: CostModel
  readonly initialCashQuote?: number
  /** How many settings have been tried on this data, this one included; default 1. */
  readonly trials?: number
  readonly nowMs?: number
  readonly onProgress?: (progress: { readonly doneCandles: number; readonly totalCandles: number }) => void
  readonly signal?: AbortSignal
}

/** A loaded model in a Web Worker. */
export interface PredictionService {
  readonly manifest: Manifest
  readonly engineInfo: EngineInfo
  /** Fewest candles `predictPrice` accepts: feature warm-up plus lookback. */
  readonly candlesNeeded: number
  /** Whether the bundle came from the cache; a cache that cannot be used never fails loading, and says so here. */
  readonly cache: CacheReport
  /**
   * @throws CandleError, FeatureError, ServiceError (`UNKNOWN_SYMBOL`, `DISPOSED`, `WORKER_DIED`), EngineError, AbortedError
   */
  predictPrice(options: PredictOptions): Promise<Forecast>
  /** Pure and synchronous: act, or abstain with reasons. */
  gate(forecast: Forecast, options?: GateOptions): Decision
  /**
   * Forecasts every candle once (kept for the same candles, so that moving a slider is cheap), then trades the gate's
   * decisions beside the baselines.
   */
  backtest(options: BacktestOptions): Promise<BacktestReport>
  /** Ends the worker; pending calls are rejected with `DISPOSED`. */
  dispose(): Promise<void>
}
