/**
 * What the worker loads when it first needs it, and not before: an app that runs one engine downloads one. vite.config.ts
 * ships each of these as a file of its own beside the worker.
 */
export const loadBacktesting = () => import('./backtesting.ts')
export const loadTfjs = () => import('./choose-tfjs.ts')
export const loadWasmEngine = () => import('./wasm/wasm-engine.ts')
export const loadWebgpuEngine = () => import('./webgpu/webgpu-engine.ts')
