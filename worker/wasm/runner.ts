import type { EngineOutput, SeriesWindows, WindowBatch } from '../../sdk/engine.ts'

/** What the engine does with a network, after every check. */
export interface Runner {
  forward(batch: WindowBatch, explain: boolean): EngineOutput
  /** Null where neighbouring windows share nothing. */
  readonly series: SeriesRunner | null
}

export interface SeriesRunner {
  slide(series: SeriesWindows): Float32Array
  follow(series: SeriesWindows): FollowedWindow
}

/** The newest window of a series that is being followed. */
export interface FollowedWindow {
  readonly quantiles: Float32Array
  push(observed: Float32Array, known: Float32Array): Float32Array
  /** Gives its memory back. */
  release(): void
}
