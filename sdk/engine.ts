import type { Network } from '../models/blocks.ts'

/** A parameter as an engine receives it: float32, dequantised. */
export interface WeightTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
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

/** One engine considered at load. */
export interface EngineCandidate {
  readonly backend: TfjsBackend
  /** Median of a few warm forward passes of one window, in ms; null when it was not measured. */
  readonly batch1P50Ms: number | null
  /** Why it was not chosen (or not even measured); null for the chosen one. */
  readonly rejected: string | null
}

/** Which engine runs, why, and what was measured. */
export interface EngineInfo {
  readonly kind: 'tfjs'
  readonly backend: TfjsBackend
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
  dispose(): Promise<void>
}
