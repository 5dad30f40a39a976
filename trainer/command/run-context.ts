import type { CandleFile } from '../data/candle-file.ts'
import type { RunDirectory } from '../registry/run-directory.ts'
import type { Dataset } from '../train/dataset.ts'
import type { Terminal } from './terminal.ts'

/** The candles of a run, and what must be said about them. */
export interface RunData {
  readonly files: readonly CandleFile[]
  /** `binance`, or `simulator`. */
  readonly exchange: string
  readonly simulated: boolean
  readonly sha256: string
  /** What the data are, in one sentence. */
  readonly note: string
}

/** What every stage of a run works on. */
export interface RunContext {
  readonly run: RunDirectory
  readonly terminal: Terminal
  readonly data: RunData
  readonly dataset: Dataset
}

/** Runs a stage and writes into the run's metrics how long it took. */
export async function timed<T>(run: RunDirectory, stage: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  run.logMetrics({ kind: 'timing', stage, seconds: (performance.now() - start) / 1000 })
  return result
}
