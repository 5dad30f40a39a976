import { ServiceError } from '../sdk/errors.ts'

/**
 * What the worker loads when it first needs it, and not before: an app that runs one engine downloads one. vite.config.ts
 * ships each of these as a file of its own beside the worker.
 * @throws ServiceError `SCRIPT_MISSING`
 */
export const loadBacktesting = () => loadPart('The backtest', import('./backtesting.ts'))
export const loadPublishedIndicators = () => loadPart('A published indicator', import('./published-indicators.ts'))
export const loadSpecialFeatures = () => loadPart('A family of features', import('./special-features.ts'))
export const loadTfjs = () => loadPart('The engine tfjs', import('./choose-tfjs.ts'))
export const loadWasmEngine = () => loadPart('The engine wasm', import('./wasm-with-lanes.ts'))
export const loadWebgpuEngine = () => loadPart('The engine webgpu', import('./webgpu/webgpu-engine.ts'))

async function loadPart<T>(what: string, part: Promise<T>): Promise<T> {
  try {
    return await part
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new ServiceError(
      'SCRIPT_MISSING',
      `${what} could not be loaded: ${cause}. Its script lies beside the worker's and must be served with it.`,
      { what, cause },
    )
  }
}
