import { proxy } from 'comlink'
import { buildNetwork } from '../../models/network.ts'
import { readEngineChoice, storeEngineChoice } from '../store/engine-choice-store.ts'
import type { FetchedBundle } from './fetch-bundle.ts'
import type { LoadProgress, PredictionServiceOptions } from './service.ts'
import type { LoadResult } from './worker-api.ts'
import type { WorkerLink } from './worker-link.ts'

export interface LoadModelOptions extends Pick<PredictionServiceOptions, 'engine' | 'backend' | 'cache'> {
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: LoadProgress) => void
}

/** Loads a bundle that the page has verified into a new worker. IndexedDB stays the page's affair. */
export function loadModel(
  link: WorkerLink,
  { files, manifest, where }: FetchedBundle,
  { engine = 'auto', backend, cache = true, signal, onProgress }: LoadModelOptions,
): Promise<LoadResult> {
  const totalBytes = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const bundle = { manifest, network: buildNetwork(manifest.network), files, where }
  const request = { bundle, engine, rememberChoice: cache, ...(backend ? { backend } : {}) }
  const listener = proxy({
    onPhase: (phase: LoadProgress['phase']) => onProgress({ phase, loadedBytes: totalBytes, totalBytes }),
    readChoice: readEngineChoice,
    writeChoice: storeEngineChoice,
  })
  return link.call({ what: `Loading ${where}`, signal, send: api => api.load(request, listener) })
}
