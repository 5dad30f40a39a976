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
import { checkBatch } from '../check-batch.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { followByForward, slideByForward } from '../series-batches.ts'
import { batchSize, joinOutputs, outputOf, sliceBatch, writeBatch } from './batch-run.ts'
import type { KernelOptions } from './kernels.ts'
import { type Schedule, schedulePlan } from './schedule.ts'
import { Session } from './session.ts'
import type { Workspace } from './workspace.ts'

export interface WebgpuEngineOptions {
  readonly network: Network
  readonly weights: Weights
  /** Tiles in place of the tuned ones, for measurements. */
  readonly shapes?: KernelOptions['shapes']
}

/** Of activations at a time; larger batches run in parts. */
const ACTIVATION_BYTES = 2 ** 25

/**
 * The fused engine on WebGPU: a handful of dispatches in one submit. Matrices that the bundle holds as int8 stay int8 in
 * GPU memory, bit for bit, so nothing is rounded again; other weights are float32, and then neighbouring matrices fold.
 * @throws EngineError `BACKEND_UNAVAILABLE`, `UNSUPPORTED_NETWORK`, `ADAPTER_LIMIT`, `SHADER_FAILED`, `OUT_OF_MEMORY`
 */
export async function createWebgpuEngine({ network, weights, shapes }: WebgpuEngineOptions): Promise<WebgpuEngine> {
  const hasInt8 = [...weights.values()].some(tensor => tensor.int8 !== undefined)
  const schedule = schedulePlan(compilePlan(network, weights, { fold: !hasInt8 }))
  const open = () => Session.open(schedule, shapes)
  return new WebgpuEngine(network, schedule, await open(), open)
}

export class WebgpuEngine implements Engine {
  readonly network: Network
  readonly info: EngineInfo
  /** Bytes of all weights in GPU memory. */
  readonly gpuWeightBytes: number
  readonly #schedule: Schedule
  readonly #open: () => Promise<Session>
  #session: Promise<Session>
  #workspace: Workspace | null = null
  #disposed = false

  constructor(network: Network, schedule: Schedule, session: Session, open: () => Promise<Session>) {
    this.network = network
    this.#schedule = schedule
    this.#session = Promise.resolve(session)
    this.#open = open
    this.gpuWeightBytes = session.weightBytes
    this.info = {
      kind: 'webgpu',
      backend: null,
      workloads: { single: 'webgpu', batch: 'webgpu' },
      uses: session.hasInt8 ? ['int8-weights'] : [],
      reason: 'Fused WebGPU kernels, as asked for.',
      adapter: session.facts,
      candidates: [],
    }
  }

  async forward(batch: WindowBatch, { explain = false }: ForwardOptions = {}): Promise<EngineOutput> {
    this.#refuseWhenDisposed()
    checkBatch(batch, this.network.shape)
    const session = await this.#session
    const { shape } = this.network
    const most = 64
    const outputs: Promise<EngineOutput>[] = []
    if (explain) await session.prepareExplaining()
    for (let from = 0; from < batch.size; from += most) {
      const part = sliceBatch(batch, shape, from, Math.min(batch.size, from + most))
      outputs.push(this.#forwardPart(session, part, explain))
    }
    return joinOutputs(await Promise.all(outputs))
  }

  async #forwardPart(session: Session, batch: WindowBatch, explain: boolean): Promise<EngineOutput> {
    this.#workspace ??= session.takeWorkspace()
    await session.fit(this.#workspace, batchSize(this.#schedule, batch.size, explain))
    const run = writeBatch(this.#schedule, this.#workspace, batch, explain)
    return outputOf(this.#schedule, batch.size, await session.submit(this.#workspace, run), explain)
  }

  slide(series: SeriesWindows): Promise<Float32Array> {
    return slideByForward(this, series)
  }

  follow(series: SeriesWindows): Promise<Follower> {
    return followByForward(this, series)
  }

  #refuseWhenDisposed(): void {
    if (!this.#disposed) return
    throw new EngineError('DISPOSED', 'The engine has been disposed of; create a new one.')
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    const session = await this.#session
    session.destroy()
  }
}
export { ACTIVATION_BYTES, EdgeQuantError }
