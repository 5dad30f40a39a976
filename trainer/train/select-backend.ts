import { EngineError } from '../../sdk/errors.ts'
import { activateBackend } from '../../worker/tfjs/backend.ts'
import { probeAdapter } from '../../worker/webgpu/adapter.ts'
import type { TrainingBackendChoice } from '../config/run-config.ts'

export type TrainingBackend = Exclude<TrainingBackendChoice, 'auto'>

export interface SelectedBackend {
  readonly backend: TrainingBackend
  /** One sentence: why this one, and what was passed over. */
  readonly reason: string
}

const ORDER: readonly TrainingBackend[] = ['tfjs-node-gpu', 'webgpu', 'wasm', 'cpu']

/** Imports a package that need not be installed; its name is not resolved at build time. */
async function importOptional(name: string): Promise<Record<string, unknown>> {
  try {
    return await import(/* @vite-ignore */ name)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new EngineError(
      'PACKAGE_MISSING',
      `The optional package '${name}' is not usable here (${why}). Install it with: npm install --ignore-scripts=false ${name}`,
      { package: name },
    )
  }
}

const START: Record<TrainingBackend, () => Promise<void>> = {
  async 'tfjs-node-gpu'() {
    await importOptional('@tensorflow/tfjs-node-gpu') // registers the backend 'tensorflow' (CUDA)
    const tf = await import('@tensorflow/tfjs')
    if (!(await tf.setBackend('tensorflow'))) {
      throw new EngineError('BACKEND_UNAVAILABLE', 'tfjs-node-gpu is installed, but its backend did not start.', {})
    }
  },
  async webgpu() {
    const dawn = await importOptional('webgpu')
    // tfjs reads navigator.gpu when its backend is imported; keep the instance referenced for the process's life
    const gpu = (dawn.create as (flags: string[]) => GPU)([])
    Object.assign(globalThis, dawn.globals)
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
    const adapter = await probeAdapter()
    if (!adapter || adapter.isFallback) {
      throw new EngineError(
        'NO_HARDWARE_ADAPTER',
        adapter ? `The only adapter is a software one (${adapter.description}).` : 'There is no WebGPU adapter.',
        { adapter },
      )
    }
    await activateBackend('webgpu')
  },
  wasm: () => activateBackend('wasm'),
  cpu: () => activateBackend('cpu'),
}

/**
 * Starts the backend that trains. `auto` takes the first of CUDA, hardware WebGPU, WebAssembly and plain JavaScript that
 * starts; a named one starts or fails.
 * @throws EngineError `PACKAGE_MISSING` (with the install line), `NO_HARDWARE_ADAPTER`, `BACKEND_UNAVAILABLE`
 */
export async function selectBackend(choice: TrainingBackendChoice): Promise<SelectedBackend> {
  if (choice !== 'auto') {
    await START[choice]()
    return { backend: choice, reason: `${choice}, as asked for.` }
  }
  const passedOver: string[] = []
  for (const backend of ORDER) {
    try {
      await START[backend]()
      return { backend, reason: [`${backend} is the best that is here.`, ...passedOver].join(' ') }
    } catch (error) {
      passedOver.push(`${backend}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new EngineError('BACKEND_UNAVAILABLE', `No training backend starts here. ${passedOver.join(' ')}`, {
    passedOver,
  })
}
