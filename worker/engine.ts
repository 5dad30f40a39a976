import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { AdapterFacts, Engine, EngineCandidate, EngineInfo, TfjsBackend } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'
import type { EngineChoice } from '../sdk/service/service.ts'
import { probeAdapter, type WasmPaths } from './tfjs/backend.ts'
import { createTfjsEngine } from './tfjs/tfjs-engine.ts'

export type { Engine, EngineInfo, TfjsBackend } from '../sdk/engine.ts'

export interface CreateEngineOptions {
  readonly bundle: Bundle
  /** Default `auto`. */
  readonly engine?: EngineChoice
  /** Fixes the backend; without it `tfjs` and `auto` both measure. */
  readonly backend?: TfjsBackend
  /** Where the tfjs wasm binaries are served, by file name; not needed in Node. */
  readonly wasmPaths?: WasmPaths
  readonly onPhase?: (phase: 'compile' | 'warm-up') => void
}

/** Golden windows are run more than once: some drivers are right only the first time (LiteRT#8065). */
const SELF_TEST_RUNS = 2
const MEASURED_RUNS = 5

/**
 * Builds an engine for a bundle in this thread, proves it on the bundle's golden windows and, where there is a choice,
 * measures the candidates and takes the fastest. A software GPU adapter is never chosen, only used when asked for.
 * @throws EngineError `BACKEND_UNAVAILABLE`, `GOLDEN_MISMATCH`, `NO_ENGINE` (with what each candidate failed of)
 */
export async function createEngine(options: CreateEngineOptions): Promise<Engine> {
  const { bundle, backend, wasmPaths } = options
  const adapter = backend === undefined || backend === 'webgpu' ? await probeAdapter() : null
  const build = async (candidate: TfjsBackend): Promise<Engine> => {
    options.onPhase?.('compile')
    const { network, weights } = bundle
    const engine = await createTfjsEngine({ network, weights, backend: candidate, wasmPaths, adapter })
    options.onPhase?.('warm-up')
    try {
      await selfTest(engine, bundle)
    } catch (error) {
      await engine.dispose()
      throw error
    }
    return engine
  }
  return backend ? await build(backend) : await chooseFastest(build, bundle, adapter)
}

/**
 * Runs the golden windows several times.
 * @throws EngineError `GOLDEN_MISMATCH` naming the worst difference
 */
export async function selfTest(engine: Engine, bundle: Bundle, runs = SELF_TEST_RUNS): Promise<void> {
  const { batch, quantiles: expected } = bundle.golden
  const { tolerance } = bundle.manifest.golden
  for (let run = 0; run < runs; run++) {
    const { quantiles } = await engine.forward(batch)
    const worst = quantiles.reduce((max, q, i) => Math.max(max, Math.abs(q - expected[i]!)), 0)
    if (worst > tolerance) {
      throw new EngineError(
        'GOLDEN_MISMATCH',
        `tfjs on ${engine.info.backend} differs from the bundle's golden windows by ${worst.toPrecision(3)} volatility units in run ${run + 1} (allowed: ${tolerance}). This device computes wrongly with it; choose another backend.`,
        { backend: engine.info.backend, difference: worst, tolerance, run: run + 1 },
      )
    }
  }
}

async function measureBatch1(engine: Engine, bundle: Bundle): Promise<number> {
  const one = firstWindow(bundle)
  const times: number[] = []
  for (let run = 0; run <= MEASURED_RUNS; run++) {
    const start = performance.now()
    await engine.forward(one)
    if (run > 0) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!
}

function firstWindow({ golden: { batch }, network: { shape } }: Bundle) {
  return {
    size: 1,
    observed: batch.observed.subarray(0, shape.lookback * shape.observed),
    known: batch.known.subarray(0, (shape.lookback + shape.horizons) * shape.known),
    symbols: batch.symbols.subarray(0, 1),
  }
}

async function chooseFastest(
  build: (backend: TfjsBackend) => Promise<Engine>,
  bundle: Bundle,
  adapter: AdapterFacts | null,
): Promise<Engine> {
  const candidates: EngineCandidate[] = []
  const built: { engine: Engine; p50Ms: number }[] = []
  const consider = async (backend: TfjsBackend): Promise<void> => {
    try {
      const engine = await build(backend)
      const p50Ms = await measureBatch1(engine, bundle)
      built.push({ engine, p50Ms })
      candidates.push({ kind: 'tfjs', backend, batch1P50Ms: p50Ms, windowP50Ms: null, rejected: null })
    } catch (error) {
      candidates.push({
        kind: 'tfjs',
        backend,
        batch1P50Ms: null,
        windowP50Ms: null,
        rejected: error instanceof Error ? error.message : String(error),
      })
    }
  }

  await consider('wasm')
  if (adapter && !adapter.isFallback) await consider('webgpu')
  else {
    const rejected = adapter
      ? 'The only WebGPU adapter is a software one, which is slower than wasm.'
      : 'There is no WebGPU adapter here.'
    candidates.push({ kind: 'tfjs', backend: 'webgpu', batch1P50Ms: null, windowP50Ms: null, rejected })
  }
  if (built.length === 0) await consider('cpu')

  built.sort((a, b) => a.p50Ms - b.p50Ms)
  const [best, ...rest] = built
  if (!best) {
    const failures = candidates.map(c => `${c.backend}: ${c.rejected}`).join(' ')
    throw new EngineError('NO_ENGINE', `No engine runs this bundle here. ${failures}`, { candidates })
  }
  await Promise.all(rest.map(other => other.engine.dispose()))
  return withInfo(best.engine, explainChoice(best.engine.info.backend!, best.p50Ms, candidates, adapter))
}

function explainChoice(
  backend: TfjsBackend,
  p50Ms: number,
  candidates: readonly EngineCandidate[],
  adapter: AdapterFacts | null,
): EngineInfo {
  const judged = candidates.map(c =>
    c.backend === backend || c.rejected !== null
      ? c
      : { ...c, rejected: `Slower: ${c.batch1P50Ms!.toFixed(1)} ms against ${p50Ms.toFixed(1)} ms.` },
  )
  const others = judged.filter(c => c.backend !== backend).map(c => `${c.backend}: ${c.rejected}`)
  const reason = [`${backend} measured ${p50Ms.toFixed(1)} ms a forecast.`, ...others].join(' ')
  return {
    kind: 'tfjs',
    backend,
    workloads: { single: 'tfjs', batch: 'tfjs' },
    uses: [],
    reason,
    adapter,
    candidates: judged,
  }
}

/** The same engine, reporting how it was chosen. */
function withInfo(engine: Engine, info: EngineInfo): Engine {
  return {
    info,
    network: engine.network,
    forward: (batch, forwardOptions) => engine.forward(batch, forwardOptions),
    slide: series => engine.slide(series),
    follow: series => engine.follow(series),
    dispose: () => engine.dispose(),
  }
}
