import type { Network } from '../models/blocks.ts'

/** A parameter as an engine receives it: float32, dequantised. */
export interface WeightTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
  /** Where the bundle holds it as int8: `data[…, i, o] = values[…, i, o] · scales[…, o]`, for engines that compute with those. */
  readonly int8?: { readonly values: Int8Array; readonly scales: Float32Array }
}

/** Every parameter of a network by name. */
export type Weights = ReadonlyMap<string, WeightTensor>

/** Scaled model inputs. Axes: B batch, L lookback, H horizons, Fo observed, Fk known features. */
export interface WindowBatch {
  /** B, ≥ 1. */
  readonly size: number
  /** `[B, L, Fo]`; the last step is the newest closed candle. */
  readonly observed: Float32Array
  /** `[B, L + H, Fk]`; the last H steps are the forecast horizons. */
  readonly known: Float32Array
  /** `[B]`, the symbol's index in the manifest. */
  readonly symbols: Int32Array
}

/**
 * A series of scaled model inputs whose windows slide by one step: window w sees the past steps `w … w + L − 1`, and at
 * horizon k the known features of step `w + L − 1 + horizons[k]`. S steps make S − L + 1 windows.
 */
export interface SeriesWindows {
  /** The symbol's index in the manifest. */
  readonly symbol: number
  /** `[S, Fo]` */
  readonly observed: Float32Array
  /** `[S + last horizon, Fk]`: known features reach beyond the end of the series. */
  readonly known: Float32Array
  /** Steps ahead of the window's last one, ascending, ≥ 1; one per decoder step. `[H]` */
  readonly horizons: readonly number[]
}

/** Forecasts one series candle by candle, computing only what a new candle changes. */
export interface Follower {
  /** Of the newest window, `[H, Q]`, before calibration. */
  readonly quantiles: Float32Array
  /**
   * Moves on by one step and returns the new `quantiles`.
   * @param observed the new step's, `[Fo]`
   * @param known those of the step that the longest horizon now reaches, `[Fk]`
   * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`, `NON_FINITE_OUTPUT`, `DISPOSED`, `COMPUTE_FAILED`; once a
   *   computation has failed, `FOLLOWER_BROKEN`
   */
  push(observed: Float32Array, known: Float32Array): Promise<Float32Array>
  /** Frees what it keeps between candles; the engine lives on. */
  dispose(): void
}

export interface EngineOutput {
  /** `[B, H, Q]`, in units of the ex-ante volatility of the horizon, before calibration. */
  readonly quantiles: Float32Array
  /** Present when asked for with `explain`. */
  readonly explanation?: EngineExplanation
}

export interface EngineExplanation {
  /** `[B, H, L + H]`: how much each horizon looked at each step; rows sum to 1. */
  readonly attention: Float32Array
  /** `[B, L, Fo + Fk]`: selection weights of past variables (observed, then known); sum to 1 over variables. */
  readonly pastWeights: Float32Array
  /** `[B, H, Fk]`: selection weights of known variables at the horizons. */
  readonly futureWeights: Float32Array
}

export interface ForwardOptions {
  /** Also return attention and variable weights. */
  readonly explain?: boolean
}

/** tfjs backends. */
export type TfjsBackend = 'webgpu' | 'wasm' | 'cpu'

/** What a GPU engine runs on. */
export interface AdapterFacts {
  readonly vendor: string
  readonly architecture: string
  readonly description: string
  /** A software adapter: right, but slow. Never chosen by `auto`. */
  readonly isFallback: boolean
}

/** `wasm` and `webgpu` run fused kernels; `tfjs` is the reference, and runs any network on one of tfjs's backends. */
export type EngineKind = 'wasm' | 'webgpu' | 'tfjs'

/** What engines are measured at: one window (a new candle), and many at once (a backtest). */
export type Workload = 'single' | 'batch'

/** One engine considered at load. */
export interface EngineCandidate {
  readonly kind: EngineKind
  /** tfjs only, else null. */
  readonly backend: TfjsBackend | null
  /** Median of a few warm forward passes of one window, in ms; null when it was not measured. */
  readonly batch1P50Ms: number | null
  /** The same per window of a large batch. */
  readonly windowP50Ms: number | null
  /** Why it was not chosen (or not even measured); null for a chosen one. */
  readonly rejected: string | null
}

/** Which engine runs, why, and what was measured. */
export interface EngineInfo {
  /** Of single windows. */
  readonly kind: EngineKind
  /** tfjs only, else null. */
  readonly backend: TfjsBackend | null
  /** The engine of each workload; the same one unless measured otherwise. */
  readonly workloads: Readonly<Record<Workload, EngineKind>>
  /** What of the device and the model is used: `relaxed-simd`, `4 threads`, `tabulated-variables`, `int8-weights`, `subgroups`. */
  readonly uses: readonly string[]
  /** One sentence for people. */
  readonly reason: string
  readonly adapter: AdapterFacts | null
  readonly candidates: readonly EngineCandidate[]
}

/** Interprets a network. One engine holds one network's weights. */
export interface Engine {
  readonly info: EngineInfo
  readonly network: Network
  /**
   * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`, `NON_FINITE_OUTPUT`, `DISPOSED`, `COMPUTE_FAILED`
   */
  forward(batch: WindowBatch, options?: ForwardOptions): Promise<EngineOutput>
  /**
   * Quantiles `[S − L + 1, H, Q]` of every window of a series: those that `forward` gives window by window, with the work
   * that neighbouring windows share done once.
   * @throws EngineError as `forward`
   */
  slide(series: SeriesWindows): Promise<Float32Array>
  /**
   * Starts to follow a series at its last window.
   * @throws EngineError as `forward`
   */
  follow(series: SeriesWindows): Promise<Follower>
  dispose(): Promise<void>
}
