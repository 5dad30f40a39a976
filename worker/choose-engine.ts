import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { AdapterFacts, Engine, EngineCandidate, EngineInfo, EngineKind, Workload } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'
import type { RememberedChoice } from '../sdk/store/engine-choice-store.ts'
import { DAY_MS, formatTimeMs } from '../sdk/units.ts'
import { explainChoice, rejectSlower } from './explain-choice.ts'
import { type Measurement, measureOrDispose } from './measure-engine.ts'
import { type ChoiceStore, choiceKey } from './remembered-choice.ts'
import { RoutedEngine, withInfo } from './routed-engine.ts'

export type FusedKind = Exclude<EngineKind, 'tfjs'>

export interface ChooseEngineOptions {
  readonly bundle: Bundle
  /** What WebGPU would run on. */
  readonly adapter: AdapterFacts | null
  /** Builds an engine and proves it on the golden windows. */
  readonly build: (kind: FusedKind) => Promise<Engine>
  /** How `build` builds; what was measured otherwise says nothing. */
  readonly tabulate?: boolean | undefined
  /** Absent: measured each time. */
  readonly choices?: ChoiceStore | undefined
}

interface Built {
  readonly kind: FusedKind
  readonly engine: Engine
  readonly measured: Measurement
}

/** Drivers change, and one load may have been measured beside other work. */
const LONGEST_MEMORY_MS = 30 * DAY_MS

/** A second engine must be worth its memory. */
const WORTH_A_SECOND_ENGINE = 1.2

/**
 * The fastest fused engine for single windows and for many: as remembered from an earlier load, or by measuring. A software
 * GPU adapter is used only where nothing else runs.
 * @throws EngineError `NO_ENGINE`, with what each candidate failed of in `details.candidates`
 */
export async function chooseEngine(options: ChooseEngineOptions): Promise<Engine> {
  const { bundle, adapter, choices } = options
  if (!choices) return (await measureAll(options)).engine

  const key = await choiceKey(bundle, adapter, { tabulate: options.tabulate ?? false })
  // A store that fails costs a measurement, no more.
  const remembered = await choices.read(key).catch(() => null)
  let note = ''
  if (remembered && Date.now() - remembered.measuredAtMs < LONGEST_MEMORY_MS) {
    try {
      return await rebuild(remembered as RememberedChoice & { workloads: Record<Workload, FusedKind> }, options)
    } catch (error) {
      note = `The choice remembered from ${formatTimeMs(remembered.measuredAtMs)} failed: ${messageOf(error)} `
    }
  }
  const { engine, hasFailures } = await measureAll(options, note)
  // What failed now may work the next time.
  if (!hasFailures) {
    const { workloads, candidates } = engine.info
    await choices.write(key, { workloads, candidates, measuredAtMs: Date.now() }).catch(() => {})
  }
  return engine
}

async function measureAll(options: ChooseEngineOptions, note = ''): Promise<{ engine: Engine; hasFailures: boolean }> {
  const { bundle, adapter, build } = options
  const built: Built[] = []
  const rejected: EngineCandidate[] = []
  const reject = (kind: FusedKind, why: string) =>
    rejected.push({ kind, backend: null, batch1P50Ms: null, windowP50Ms: null, rejected: why })
  const consider = async (kind: FusedKind): Promise<void> => {
    try {
      const engine = await build(kind)
      built.push({ kind, engine, measured: await measureOrDispose(engine, bundle) })
    } catch (error) {
      reject(kind, messageOf(error))
    }
  }

  await consider('wasm')
  const isSoftware = adapter?.isFallback === true
  // On a software adapter a slow engine that is right still beats none.
  if (adapter && (!isSoftware || built.length === 0)) await consider('webgpu')
  const hasFailures = rejected.length > 0
  if (!adapter) reject('webgpu', 'There is no WebGPU adapter here.')
  else if (isSoftware && built[0]?.kind === 'wasm') {
    reject('webgpu', 'The only WebGPU adapter is a software one, which is slower than wasm.')
  }
  if (built.length === 0) {
    const failures = rejected.map(c => `${c.kind}: ${c.rejected}`).join(' ')
    throw new EngineError('NO_ENGINE', `No fused engine runs this bundle here. ${failures}`, { candidates: rejected })
  }

  const single = built.toSorted((a, b) => a.measured.batch1P50Ms - b.measured.batch1P50Ms)[0]
  const fastest = built.toSorted((a, b) => a.measured.windowP50Ms - b.measured.windowP50Ms)[0]
  const gain = single.measured.windowP50Ms / fastest.measured.windowP50Ms
  const batch = gain >= WORTH_A_SECOND_ENGINE ? fastest : single
  await Promise.all(built.filter(b => b !== single && b !== batch).map(({ engine }) => engine.dispose()))

  const workloads = { single: single.kind, batch: batch.kind }
  const measured = built.map(b => ({ kind: b.kind, backend: null, ...b.measured, rejected: null }))
  const candidates = [...rejectSlower(measured, workloads), ...rejected]
  const reason = note + explainChoice(workloads, candidates, adapter)
  return { engine: combine(single.engine, batch.engine, { workloads, candidates, adapter, reason }), hasFailures }
}

async function rebuild(
  { workloads, candidates, measuredAtMs }: RememberedChoice & { workloads: Record<Workload, FusedKind> },
  { build, adapter }: ChooseEngineOptions,
): Promise<Engine> {
  const single = await build(workloads.single)
  const batch =
    workloads.batch === workloads.single
      ? single
      : await build(workloads.batch).catch(async error => {
          await single.dispose()
          throw error
        })
  const reason = `As measured and remembered on ${formatTimeMs(measuredAtMs)}: ${explainChoice(workloads, candidates, adapter)}`
  return combine(single, batch, { workloads, candidates, adapter, reason })
}

function combine(
  single: Engine,
  batch: Engine,
  choice: Pick<EngineInfo, 'workloads' | 'candidates' | 'adapter' | 'reason'>,
): Engine {
  const uses = [...new Set([...single.info.uses, ...batch.info.uses])]
  const info: EngineInfo = { kind: choice.workloads.single, backend: null, uses, ...choice }
  if (single === batch) return withInfo(single, info)
  const batch1P50Ms = (kind: EngineKind) => choice.candidates.find(c => c.kind === kind)?.batch1P50Ms ?? 1
  // What a pass of the one for many costs at least, in windows of the other.
  const breakEven = batch1P50Ms(choice.workloads.batch) / batch1P50Ms(choice.workloads.single)
  return new RoutedEngine({ single, batch, batchFrom: Math.max(2, Math.ceil(breakEven)), info })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
