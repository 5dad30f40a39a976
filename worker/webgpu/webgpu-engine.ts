import type { Network } from '../../models/blocks.ts'
import type {
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
}: WebgpuEngineOptions): Promise<WebgpuEngine> {
  const hasInt8 = [...weights.values()].some(tensor => tensor.int8 !== undefined)
  const schedule = schedulePlan(compilePlan(network, weights, { fold: !hasInt8 }))
  const open = () => openSession(schedule, tuning)
  return new WebgpuEngine(network, schedule, await open(), open)
}

class WebgpuEngine implements Engine {
  readonly network: Network
  readonly info: EngineInfo
  /** Bytes of all weights in GPU memory. */
  readonly gpuWeightBytes: number
  readonly #schedule: Schedule
  readonly #open: () => Promise<Session>
  readonly #runners = new WeakMap<Session, BatchRunner>()
  /** Null when its device was lost. */
  #session: Session | null
  /** A new one in the making. */
  #opening: Promise<Session> | null = null
  #disposed = false

  constructor(network: Network, schedule: Schedule, session: Session, open: () => Promise<Session>) {
    this.network = network
    this.#schedule = schedule
    this.#session = session
    this.#open = open
    this.gpuWeightBytes = session.weightBytes
    this.info = {
      kind: 'webgpu',
      backend: null,
      workloads: { single: 'webgpu', batch: 'webgpu' },
      uses: session.uses,
      reason: 'Fused WebGPU kernels, as asked for.',
      adapter: session.facts,
      candidates: [],
    }
  }

  async forward(batch: WindowBatch, { explain = false }: ForwardOptions = {}): Promise<EngineOutput> {
    this.#refuseWhenDisposed()
    checkBatch(batch, this.network.shape)
    // networks without selections or attention have nothing to explain
    const explains = explain && this.#schedule.plan.explained.attention !== undefined
    const output = await this.#onDevice(session => this.#runnerOf(session).forward(batch, explains))
    refuseNonFinite(output.quantiles)
    return output
  }

  #runnerOf(session: Session): BatchRunner {
    const runner = this.#runners.get(session) ?? new BatchRunner(session)
    this.#runners.set(session, runner)
    return runner
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
    const follower = new SeriesFollower(window, async work => {
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
    this.#opening ??= this.#open()
    try {
      const session = await this.#opening
      if (this.#disposed) session.destroy()
      else this.#session = session
      this.#refuseWhenDisposed()
      return session
    } catch (error) {
      this.#refuseWhenDisposed()
      throw deviceLost('no new one could be had', error)
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
