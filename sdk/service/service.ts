import type { BacktestReport, CostModel, GatedForecastOptions } from '../backtest/backtest.ts'
import type { Manifest } from '../bundle/manifest.ts'
import type { Candle } from '../candle/candle.ts'
import type { EngineInfo, TfjsBackend } from '../engine.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { ForecastContext } from '../forecast/forecast-context.ts'
import type { ForecastNeeds } from '../forecast/forecast-needs.ts'
import type { PushOptions } from '../forecast/predictor.ts'
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

/**
 * `auto` measures the fused engines at one window and at many and takes the fastest of each; a software GPU adapter is
 * used only where nothing else runs, and tfjs only where no fused engine does. A kind asked for by name runs or fails.
 */
export type EngineChoice = 'auto' | 'webgpu' | 'wasm' | 'tfjs'

export interface PredictionServiceOptions {
  /** URL of the bundle's folder (ending in `/`), or its files. */
  readonly bundle: string | { readonly manifest: unknown; readonly files: Readonly<Record<string, Uint8Array>> }
  readonly engine?: EngineChoice
  /** Fixes the tfjs backend; with `engine: 'tfjs'` only. */
  readonly backend?: TfjsBackend
  readonly onProgress?: (progress: LoadProgress) => void
  /** Aborts loading and ends the worker; afterwards it has no effect. */
  readonly signal?: AbortSignal
  /** Keep verified bundles, and which engine was the fastest, in IndexedDB; default true. */
  readonly cache?: boolean
  /** Where the worker comes from, for custom bundling; called again for a worker that replaces one that died. */
  readonly createWorker?: () => Worker
}

export interface PredictOptions {
  /** One of the manifest's symbols, e.g. `BTC/USDT`. */
  readonly symbol: string
  /** Closed candles, oldest first, contiguous; at least `service.candlesNeeded` of them. */
  readonly candles: readonly Candle[]
  /** What the bundle's features need besides these candles (`contextSymbols`, `inputsNeeded`), if anything. */
  readonly context?: ForecastContext
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

export interface FollowOptions {
  /** One of the manifest's symbols. */
  readonly symbol: string
  /** Closed candles, oldest first, contiguous; at least `service.candlesNeeded` of them. */
  readonly candles: readonly Candle[]
  /** What the bundle's features need besides these candles (`contextSymbols`, `inputsNeeded`), if anything. */
  readonly context?: ForecastContext
  /** A candle that closes after this is still in progress and is refused; default now. */
  readonly nowMs?: number
}

/** Forecasts of one symbol, candle by candle. */
export interface ForecastStream {
  readonly symbol: string
  /** Of the newest candle; rejected where following could not begin, or a candle could not be forecast at. */
  readonly forecast: Promise<Forecast>
  /**
   * Takes the next closed candle in and forecasts at its close, computing only what is new. A candle that is refused changes
   * nothing; candles are taken in the order of the calls.
   * @throws CandleError; ServiceError `STREAM_BROKEN` (once a forecast has failed), `STREAM_LOST` (the worker died: follow
   *   anew), `STREAM_CLOSED`, `DISPOSED`, `WORKER_DIED`; what following could not begin for; EngineError
   */
  push(candle: StreamRow, options?: PushOptions): Promise<Forecast>
  /** Frees what the worker keeps for it. */
  close(): void
}

/** What the golden windows say of the live engine. */
export interface SelfTestReport {
  /** For people: `wasm`, or `wasm and webgpu` where each serves a workload. */
  readonly engine: string
  readonly windows: number
  /** How often each window was run. */
  readonly runs: number
  /** Largest absolute difference, and the largest allowed, in units of ex-ante volatility. */
  readonly worstDifference: number
  readonly tolerance: number
}

export interface BacktestOptions {
  readonly symbol: string
  readonly candles: readonly Candle[]
  /** What the bundle's features need besides these candles (`contextSymbols`, `inputsNeeded`), if anything. */
  readonly context?: ForecastContext
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
export interface PredictionService extends ForecastNeeds {
  readonly manifest: Manifest
  /** Of the live engine: it may change when a worker that died is replaced. */
  readonly engineInfo: EngineInfo
  /** Whether the bundle came from the cache; a cache that cannot be used never fails loading, and says so here. */
  readonly cache: CacheReport
  /**
   * @throws CandleError, FeatureError, EngineError, AbortedError, ServiceError (`UNKNOWN_SYMBOL`, `DISPOSED`; `WORKER_DIED`:
   *   the next call runs on a new worker; `WORKER_KEEPS_DYING`: it does not)
   */
  predictPrice(options: PredictOptions): Promise<Forecast>
  /** Begins a stream of forecasts, one for each candle that is pushed. Any number of streams at once. */
  follow(options: FollowOptions): ForecastStream
  /** Pure and synchronous: act, or abstain with reasons. */
  gate(forecast: Forecast, options?: GateOptions): Decision
  /**
   * Forecasts every candle once (kept for the same candles, so that moving a slider is cheap), then trades the gate's
   * decisions beside the baselines.
   */
  backtest(options: BacktestOptions): Promise<BacktestReport>
  /**
   * Runs the bundle's golden windows on the live engine again, several times.
   * @throws EngineError `GOLDEN_MISMATCH`: do not show its forecasts; ServiceError as `predictPrice`
   */
  selfTest(): Promise<SelfTestReport>
  /** Ends the worker; pending calls are rejected with `DISPOSED`. */
  dispose(): Promise<void>
}
