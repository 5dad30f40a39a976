/** Measures ticks in a worker for whoever drives the page. */
import type { TickRequest } from './ticks.worker.ts'

const bench = {
  /** Milliseconds of each tick. */
  ticks(request: TickRequest): Promise<number[]> {
    const worker = new Worker(new URL('./ticks.worker.ts', import.meta.url), { type: 'module' })
    return new Promise((resolve, reject) => {
      worker.onmessage = event => {
        worker.terminate()
        resolve(event.data)
      }
      worker.onerror = event => reject(new Error(event.message))
      worker.postMessage(request)
    })
  },
}

export type FeatureBenchPage = typeof bench

Object.assign(globalThis, { featureBench: bench })
