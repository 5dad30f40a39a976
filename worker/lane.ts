import { transfer, wrap } from 'comlink'
import { decodeBundle, type VerifiedBundle } from '../sdk/bundle/decode-bundle.ts'
import type { Engine, SeriesWindows } from '../sdk/engine.ts'
import { ServiceError } from '../sdk/errors.ts'
import { createEngine } from './engine.ts'

/** The name of a worker that helps another one, by which the script knows what it is to do. */
export const LANE_NAME = 'edgequant-lane'

/** What a lane does for the worker that started it. */
export interface LaneApi {
  load(bundle: VerifiedBundle): Promise<void>
  slide(series: SeriesWindows): Promise<Float32Array>
}

/** A lane, as the worker that started it sees it. */
export interface Lane extends LaneApi {
  readonly worker: Worker
}

/** What is sent to a lane moves over: its memory is gone here. */
export function laneOn(worker: Worker): Lane {
  const api = wrap<LaneApi>(worker)
  return {
    worker,
    load: bundle => api.load(bundle),
    slide: part => api.slide(transfer({ ...part }, [part.observed.buffer, part.known.buffer])),
  }
}

export const startLane = (): Lane => laneOn(new Worker(self.location.href, { type: 'module', name: LANE_NAME }))

/** Slides over parts of a series on a wasm engine of its own, proven on the golden windows like any other. */
export function createLaneApi(): LaneApi {
  let engine: Engine | null = null
  return {
    async load(bundle) {
      engine = await createEngine({ bundle: decodeBundle(bundle), engine: 'wasm' })
    },
    async slide(series) {
      if (engine) return engine.slide(series)
      throw new ServiceError('NOT_LOADED', 'The lane has no model yet. Call load first, and wait for it.')
    },
  }
}
