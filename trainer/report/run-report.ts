import type { BacktestReport } from '../../sdk/backtest/backtest.ts'
import type { Manifest } from '../../sdk/bundle/manifest.ts'
import type { EngineInfo } from '../../sdk/engine.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { Evaluation } from '../evaluate/evaluation.ts'

/** One point of a training curve: the running mean of the training loss. */
export interface LossPoint {
  readonly step: number
  readonly loss: number
}

export interface TrainingCurve {
  readonly stage: 'teacher' | 'student'
  readonly points: readonly LossPoint[]
}

/** Everything a report shows; nothing in it is computed while it is drawn. */
export interface RunReport {
  readonly runId: string
  /** Where the run's config lies, as a command would name it. */
  readonly configPath: string
  readonly config: RunConfig
  readonly manifest: Manifest
  /** The weights file. */
  readonly weightBytes: number
  /** What the data are, in one sentence. */
  readonly dataNote: string
  readonly evaluation: Evaluation
  readonly curves: readonly TrainingCurve[]
  /** One per symbol. */
  readonly backtests: readonly BacktestReport[]
  /** The engine that the evaluation ran on. */
  readonly engine: EngineInfo
  readonly timings: readonly { readonly stage: string; readonly seconds: number }[]
}
