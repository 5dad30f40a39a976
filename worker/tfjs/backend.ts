import * as tf from '@tensorflow/tfjs-core'
import type { TfjsBackend } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'

/** Where the wasm backend finds its binaries, by file name; Node finds them by itself. */
export type WasmPaths = Readonly<Record<string, string>>

async function register(backend: TfjsBackend, wasmPaths: WasmPaths | undefined): Promise<void> {
  switch (backend) {
    case 'cpu':
      tf.enableProdMode() // silences the advertisement for tfjs-node that this backend prints
      await import('@tensorflow/tfjs-backend-cpu')
      return
    case 'wasm': {
      const wasm = await import('@tensorflow/tfjs-backend-wasm')
      if (wasmPaths) wasm.setWasmPaths(wasmPaths as Record<string, string>)
      // Threads need cross-origin isolation and gain little on small networks.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
      return
    }
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu')
  }
}

/** The last turn taken; see `takeTurn`. */
let lastTurn: Promise<unknown> = Promise.resolve()

/**
 * One at a time: tfjs has one active backend per process, and while another one starts every operation throws. Two engines
 * in one process would otherwise compute on each other's backend, or not at all.
 */
function takeTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const turn = lastTurn.then(work)
  lastTurn = turn.catch(() => {})
  return turn
}

/**
 * Registers and initialises a tfjs backend and makes it the active one.
 * @throws EngineError `BACKEND_UNAVAILABLE`
 */
export function activateBackend(backend: TfjsBackend, wasmPaths?: WasmPaths): Promise<void> {
  return takeTurn(() => startBackend(backend, wasmPaths))
}

async function startBackend(backend: TfjsBackend, wasmPaths: WasmPaths | undefined): Promise<void> {
  let cause: unknown
  try {
    await register(backend, wasmPaths)
    if (await tf.setBackend(backend)) {
      await tf.ready()
      return
    }
  } catch (error) {
    cause = error
  }
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  throw new EngineError(
    'BACKEND_UNAVAILABLE',
    `The tfjs backend '${backend}' could not be started here${why}. ` +
      "Install the matching '@tensorflow/tfjs-backend-…' package, or choose another backend.",
    { backend, cause: cause instanceof Error ? cause.message : null },
  )
}

/** Runs operations on a backend that has been activated, whatever other engines of this process do meanwhile. */
export function onBackend<T>(backend: TfjsBackend, compute: () => T): Promise<T> {
  return takeTurn(() => {
    // takes effect at once for a backend that has started
    if (tf.getBackend() !== backend) void tf.setBackend(backend)
    return compute()
  })
}
