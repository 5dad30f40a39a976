import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { Engine, EngineCandidate, TfjsBackend } from '../sdk/engine.ts'
import { ConfigError, EngineError } from '../sdk/errors.ts'
import type { EngineChoice } from '../sdk/service/service.ts'
import { chooseEngine, type FusedKind } from './choose-engine.ts'
import { loadTfjs, loadWasmEngine, loadWebgpuEngine } from './parts.ts'
import type { ChoiceStore } from './remembered-choice.ts'
import { selfTest } from './self-test.ts'
import type { WasmPaths } from './tfjs/backend.ts'
import { probeAdapter } from './webgpu/adapter.ts'

export type { Engine, EngineInfo, EngineKind, TfjsBackend } from '../sdk/engine.ts'
export type { RememberedChoice } from '../sdk/store/engine-choice-store.ts'
export type { ChoiceStore } from './remembered-choice.ts'

export interface CreateEngineOptions {
  readonly bundle: Bundle
  /** Default `auto`. */
  readonly engine?: EngineChoice
  /** Fixes the backend of tfjs; with `engine: 'tfjs'` only, which measures without it. */
  readonly backend?: TfjsBackend
  /** Where the tfjs wasm binaries are served, by file name; not needed in Node. */
  readonly wasmPaths?: WasmPaths
  /** Remembers what `auto` has measured; without it each call measures. */
  readonly choices?: ChoiceStore
  /**
   * Fused wasm: read variables' networks off tables where quantiles stay within 1e-4 (default false). See
   * `WasmEngineOptions.tabulate`.
   */
  readonly tabulate?: boolean
  readonly onPhase?: (phase: 'compile' | 'warm-up') => void
}

/**
 * Builds an engine for a bundle in this thread and proves it on the bundle's golden windows. `auto` measures the fused
 * engines at one window and at many, and falls back to tfjs where none of them runs: `info` says so.
 * @throws ConfigError `INVALID_ENGINE`
 * @throws EngineError `NO_ENGINE` (with what each candidate failed of). An engine that was asked for by name:
 *   `BACKEND_UNAVAILABLE`, `UNSUPPORTED_NETWORK`, `ADAPTER_LIMIT`, `SHADER_FAILED`, `OUT_OF_MEMORY`, `GOLDEN_MISMATCH`
 */
export async function createEngine(options: CreateEngineOptions): Promise<Engine> {
  const { engine = 'auto', backend } = options
  checkEngineChoice(engine, backend)
  if (engine === 'tfjs') return createTfjs(options)
  if (engine !== 'auto') return buildFused(engine, options)
  try {
    const { bundle, choices, tabulate } = options
    const build = (kind: FusedKind) => buildFused(kind, options)
    return await chooseEngine({ bundle, adapter: await probeAdapter(), build, choices, tabulate })
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'NO_ENGINE') throw error
    return createTfjs(options, error.details.candidates as EngineCandidate[])
  }
}

/** @throws ConfigError `INVALID_ENGINE` */
export function checkEngineChoice(engine: EngineChoice, backend: TfjsBackend | undefined): void {
  if (backend === undefined || engine === 'tfjs') return
  throw new ConfigError(
    'INVALID_ENGINE',
    `backend is '${backend}' with engine '${engine}'. Give engine: 'tfjs' with it, or leave the backend to be measured.`,
    { engine, backend },
  )
}

/** Each kind's code is loaded when it is needed, and not before. */
async function buildFused(kind: FusedKind, options: CreateEngineOptions): Promise<Engine> {
  const { bundle, tabulate = false } = options
  const { network, weights } = bundle
  return prove(options, async () => {
    if (kind === 'wasm') return (await loadWasmEngine()).createWasmEngine({ network, weights, tabulate })
    return (await loadWebgpuEngine()).createWebgpuEngine({
      network,
      weights,
      prove: engine => selfTest(engine, bundle),
    })
  })
}

async function createTfjs(options: CreateEngineOptions, rejected: readonly EngineCandidate[] = []): Promise<Engine> {
  const { bundle, backend, wasmPaths } = options
  const adapter = backend === undefined || backend === 'webgpu' ? await probeAdapter() : null
  const { chooseTfjs, createTfjsEngine } = await loadTfjs().catch(error => {
    // Why the fused engines failed is what the caller has to know.
    throw rejected.length > 0 ? noEngine(rejected, error) : error
  })
  const { network, weights } = bundle
  const build = (on: TfjsBackend) =>
    prove(options, () => createTfjsEngine({ network, weights, backend: on, wasmPaths, adapter }))
  return backend ? build(backend) : chooseTfjs({ bundle, adapter, build, rejected })
}

function noEngine(rejected: readonly EngineCandidate[], cause: Error): EngineError {
  const failures = rejected.map(c => `${c.kind}: ${c.rejected}`).join(' ')
  return new EngineError('NO_ENGINE', `No engine runs this bundle here. ${failures} tfjs: ${cause.message}`, {
    candidates: rejected,
  })
}

/** Builds an engine, and lets it serve only if it gives the golden windows. */
async function prove({ bundle, onPhase }: CreateEngineOptions, build: () => Promise<Engine>): Promise<Engine> {
  onPhase?.('compile')
  const engine = await build()
  onPhase?.('warm-up')
  try {
    await selfTest(engine, bundle)
    return engine
  } catch (error) {
    await engine.dispose()
    throw error
  }
}
