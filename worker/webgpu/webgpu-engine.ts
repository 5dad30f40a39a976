import type { Network } from '../../models/blocks.ts'
import type {
  AdapterFacts,
  Engine,
  EngineInfo,
  EngineOutput,
  Follower,
  ForwardOptions,
  SeriesWindows,
  Weights,
  WindowBatch,
} from '../../sdk/engine.ts'
import { EdgeQuantError, EngineError } from '../../sdk/errors.ts'
import { checkBatch, checkSeries } from '../check-batch.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { followByForward, windowCount } from '../series-batches.ts'
import { BatchRunner } from './batch-runner.ts'
import { SeriesFollower } from './follower.ts'
import type { Tuning } from './kernels.ts'
import { openSession } from './open-session.ts'
import type { Schedule } from './schedule.ts'
import { schedulePlan } from './schedule-plan.ts'
import { slideSeries } from './series-run.ts'
import type { Session } from './session.ts'

export interface WebgpuEngineOptions {
  readonly network: Network
  readonly weights: Weights
  /** For measurements and tests: what is otherwise decided by the adapter. */
  readonly tuning?: Partial<Tuning>
  /**
   * Proves the device that replaces a lost one, on an engine of its own there, before calls are repeated on it; rejects
   * where it must not serve.
   */
  readonly prove?: (engine: Engine) => Promise<unknown>
}

/**
 * The fused engine on WebGPU: a handful of dispatches in one submit. Matrices that the bundle holds as int8 stay int8 in
 * GPU memory, bit for bit, so nothing is rounded again; other weights are float32, and then neighbouring matrices fold.
 * @throws EngineError `BACKEND_UNAVAILABLE`, `UNSUPPORTED_NETWORK`, `ADAPTER_LIMIT`, `SHADER_FAILED`, `OUT_OF_MEMORY`
 */
export async function createWebgpuEngine({
  network,
  weights,
  tuning = {},
  prove = async () => {},
}: WebgpuEngineOptions): Promise<WebgpuEngine> {
  const hasInt8 = [...weights.values()].some(tensor => tensor.int8 !== undefined)
  const schedule = schedulePlan(compilePlan(network, weights, { fold: !hasInt8 }))
  const first = await openSession(schedule, tuning)
  const reopen = async () => {
    const session = await openSession(schedule, tuning)
    try {
      refuseSoftware(session.facts, first.facts)
      await prove(new WebgpuEngine(network, schedule, session, lostAgain))
      return session
    } catch (error) {
      session.destroy()
      throw error
    }
  }
  return new WebgpuEngine(network, schedule, first, reopen)
}

/** A device that is lost while it is proven is not replaced once more. */
const lostAgain = async (): Promise<never> => {
  throw new Error('the device that replaced a lost one was lost too')
}

/** Runners of batches, one for each session. */
const RUNNERS = new WeakMap<Session, BatchRunner>()

function runnerOf(session: Session): BatchRunner {
  const runner = RUNNERS.get(session) ?? new BatchRunner(session)
  RUNNERS.set(session, runner)
  return runner
}

class WebgpuEngine implements Engine {
  readonly network: Network
  /** Bytes of all weights in GPU memory. */
  readonly gpuWeightBytes: number
  readonly #schedule: Schedule
  readonly #reopenSession: () => Promise<Session>
  #info: EngineInfo
  /** Null when its device was lost. */
  #session: Session | null
  /** A new one in the making. */
  #opening: Promise<Session> | null = null
  #disposed = false

  constructor(network: Network, schedule: Schedule, session: Session, reopenSession: () => Promise<Session>) {
    this.network = network
    this.#schedule = schedule
    this.#session = session
    this.#reopenSession = reopenSession
    this.gpuWeightBytes = session.weightBytes
    this.#info = infoOf(session)
  }

  /** Of the device that serves; of the last one while that is lost. */
  get info(): EngineInfo {
    return this.#info
  }

  async forward(batch: WindowBatch, { explain = false }: ForwardOptions = {}): Promise<EngineOutput> {
    this.#refuseWhenDisposed()
    checkBatch(batch, this.network.shape)
    // an explanation is whole: networks without both selections and attention have none
    const { attention, past, future } = this.#schedule.plan.explained
    const explains = explain && attention !== undefined && past !== undefined && future !== undefined
    const output = await this.#onDevice(session => runnerOf(session).forward(batch, explains))
    refuseNonFinite(output.quantiles)
    return output
  }

  async slide(series: SeriesWindows): Promise<Float32Array> {
    this.#refuseWhenDisposed()
    checkSeries(series, this.network.shape)
    const quantiles = await this.#onDevice(session => slideSeries(session, series))
    refuseNonFinite(quantiles)
    return quantiles
  }

  async follow(series: SeriesWindows): Promise<Follower> {
    this.#refuseWhenDisposed()
    checkSeries(series, this.network.shape)
    // without rows that windows share, a new candle is a new window
    if (this.#schedule.recordQuads.step === 0) return followByForward(this, series)
    const first = windowCount(series, this.network.shape) - 1
    const window = {
      ...series,
      observed: series.observed.slice(first * this.network.shape.observed),
      known: series.known.slice(first * this.network.shape.known),
    }
    const follower = new SeriesFollower(window, this.network.shape, async work => {
      const quantiles = await this.#onDevice(work)
      refuseNonFinite(quantiles)
      return quantiles
    })
    await follower.start()
    return follower
  }

  /**
   * Runs work on the device; when that is lost, once more on a new one.
   * @throws EngineError `DEVICE_LOST`, `COMPUTE_FAILED`, `DISPOSED`
   */
  async #onDevice<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      this.#refuseWhenDisposed()
      // without waiting where there is one, which would cost a forward pass a few microtasks
      const session = this.#session ?? (await this.#reopen())
      try {
        return await work(session)
      } catch (error) {
        this.#refuseWhenDisposed()
        const lost = await session.lost()
        if (lost === null) throw error instanceof EdgeQuantError ? error : computeFailed(error)
        if (this.#session === session) this.#session = null
        if (attempt > 1) throw deviceLost(lost, error)
      }
    }
  }

  /** A new device with the network on it, the same for all calls that wait for one. */
  async #reopen(): Promise<Session> {
    this.#opening ??= this.#reopenSession()
    try {
      const session = await this.#opening
      if (this.#disposed) session.destroy()
      this.#refuseWhenDisposed()
      this.#session = session
      this.#info = infoOf(session)
      return session
    } catch (error) {
      this.#refuseWhenDisposed()
      throw deviceLost('no new one could be had that serves', error)
    } finally {
      this.#opening = null
    }
  }

  #refuseWhenDisposed(): void {
    if (!this.#disposed) return
    throw new EngineError('DISPOSED', 'The engine has been disposed of; create a new one.')
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    this.#session?.destroy()
    this.#session = null
  }
}

export type { WebgpuEngine }

const infoOf = ({ uses, facts }: Session): EngineInfo => ({
  kind: 'webgpu',
  backend: null,
  workloads: { single: 'webgpu', batch: 'webgpu' },
  uses,
  reason: 'Fused WebGPU kernels, as asked for.',
  adapter: facts,
  candidates: [],
})

/** Software computes many times slower than the hardware that this engine was measured and chosen on. */
function refuseSoftware(facts: AdapterFacts, first: AdapterFacts): void {
  if (!facts.isFallback || first.isFallback) return
  throw new Error(`only the software adapter '${facts.description || facts.architecture || facts.vendor}' is left`)
}

function refuseNonFinite(quantiles: Float32Array): void {
  if (quantiles.every(Number.isFinite)) return
  throw new EngineError(
    'NON_FINITE_OUTPUT',
    'The WebGPU engine returned a non-finite quantile for finite inputs; do not use it on this device.',
  )
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const deviceLost = (why: string, error: unknown): EngineError =>
  new EngineError(
    'DEVICE_LOST',
    `The GPU device was lost (${why}), and computing anew failed too: ${messageOf(error)}. Try again later, or use the engine 'wasm'.`,
    { reason: why, cause: messageOf(error) },
  )

const computeFailed = (error: unknown): EngineError =>
  new EngineError(
    'COMPUTE_FAILED',
    `The WebGPU engine failed to compute: ${messageOf(error)}. Create a new engine, or use the engine 'wasm'.`,
    { cause: messageOf(error) },
  )
