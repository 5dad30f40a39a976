import type { Engine } from '../../sdk/engine.ts'
import { type Dataset, takeSample, type WindowSet } from './dataset.ts'

export interface WindowPredictions {
  /** Uncalibrated quantiles of z, `[N, H, Q]`. */
  readonly quantiles: Float32Array
  /** z, `[N, H]`. */
  readonly outcomes: Float32Array
  readonly rows: number
  /** Which windows of the set these are, `[N]`. */
  readonly windows: Int32Array
}

const BATCH = 512

/** The engine's quantiles for at most `limit` windows of a set, evenly spread over it in time and symbol. */
export async function predictWindows(
  engine: Engine,
  dataset: Dataset,
  set: WindowSet,
  limit = Number.POSITIVE_INFINITY,
): Promise<WindowPredictions> {
  const H = dataset.horizons.length
  const Q = dataset.levels.length
  const rows = Math.min(set.length, limit)
  const quantiles = new Float32Array(rows * H * Q)
  const outcomes = new Float32Array(rows * H)
  const windows = Int32Array.from({ length: rows }, (_, i) => Math.floor((i * set.length) / rows))
  for (let from = 0; from < rows; from += BATCH) {
    const sample = takeSample(dataset, set, windows.subarray(from, from + BATCH))
    quantiles.set((await engine.forward(sample.batch)).quantiles, from * H * Q)
    outcomes.set(sample.outcomes, from * H)
  }
  return { quantiles, outcomes, rows, windows }
}
