import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { AdapterFacts, Engine, EngineCandidate, EngineInfo, TfjsBackend } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'
import { formatMs, nameOf } from './engine-name.ts'
import { type Measurement, measureOrDispose } from './measure-engine.ts'
import { withInfo } from './routed-engine.ts'

export { createTfjsEngine } from './tfjs/tfjs-engine.ts'

export interface ChooseTfjsOptions {
  readonly bundle: Bundle
  readonly adapter: AdapterFacts | null
  /** Builds tfjs on a backend and proves it on the golden windows. */
  readonly build: (backend: TfjsBackend) => Promise<Engine>
  /** Fused engines that were considered before, each with why it does not run. */
  readonly rejected?: readonly EngineCandidate[]
}

interface Built {
  readonly backend: TfjsBackend
  readonly engine: Engine
  readonly measured: Measurement
}

/**
 * tfjs on its fastest backend, by measuring. A software GPU adapter is not tried, and `cpu` only where nothing else runs.
 * @throws EngineError `NO_ENGINE`, with what each candidate failed of in `details.candidates`
 */
export async function chooseTfjs({ bundle, adapter, build, rejected = [] }: ChooseTfjsOptions): Promise<Engine> {
  const built: Built[] = []
  const failed: EngineCandidate[] = [...rejected]
  const reject = (backend: TfjsBackend, why: string) =>
    failed.push({ kind: 'tfjs', backend, batch1P50Ms: null, windowP50Ms: null, rejected: why })
  const consider = async (backend: TfjsBackend): Promise<void> => {
    try {
      const engine = await build(backend)
      built.push({ backend, engine, measured: await measureOrDispose(engine, bundle) })
    } catch (error) {
      reject(backend, error instanceof Error ? error.message : String(error))
    }
  }

  await consider('wasm')
  if (!adapter) reject('webgpu', 'There is no WebGPU adapter here.')
  else if (adapter.isFallback) {
    reject('webgpu', 'The only WebGPU adapter is a software one, which is slower than wasm.')
  } else await consider('webgpu')
  if (built.length === 0) await consider('cpu')

  const [best, ...slower] = built.toSorted((a, b) => a.measured.batch1P50Ms - b.measured.batch1P50Ms)
  if (!best) {
    const failures = failed.map(c => `${nameOf(c)}: ${c.rejected}`).join(' ')
    throw new EngineError('NO_ENGINE', `No engine runs this bundle here. ${failures}`, { candidates: failed })
  }
  await Promise.all(slower.map(({ engine }) => engine.dispose()))

  const bestMs = formatMs(best.measured.batch1P50Ms)
  const candidates: EngineCandidate[] = [
    ...[best, ...slower].map(({ backend, measured }) => ({
      kind: 'tfjs' as const,
      backend,
      ...measured,
      rejected: backend === best.backend ? null : `Slower: ${formatMs(measured.batch1P50Ms)} against ${bestMs}.`,
    })),
    ...failed,
  ]
  const others = candidates.filter(c => c.rejected !== null).map(c => `${nameOf(c)}: ${c.rejected}`)
  const reason = [
    ...(rejected.length > 0 ? ['No fused engine runs here, so the reference engine does, slowly.'] : []),
    `tfjs on ${best.backend} measured ${bestMs} a forecast.`,
    ...others,
  ].join(' ')
  const info: EngineInfo = { ...best.engine.info, reason, adapter, candidates }
  return withInfo(best.engine, info)
}
