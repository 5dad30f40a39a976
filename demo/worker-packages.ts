/**
 * Packages that a page first meets inside the worker. A development server must prepare them beforehand: met at run time,
 * they would be prepared then, and reload the page in the middle of what it does.
 */
export const WORKER_PACKAGES: readonly string[] = [
  'comlink',
  'idb',
  'valibot',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
]
