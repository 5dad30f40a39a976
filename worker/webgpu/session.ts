import type { AdapterFacts } from '../../sdk/engine.ts'
import type { Kernel, RunSize } from './kernel.ts'
import type { Schedule, Stage } from './schedule.ts'
import { Workspace, type WorkspaceSize, withinGpuMemory } from './workspace.ts'

const MAP_READ = 1

const LOSS_NEWS_MS = 100

/** Of activations that a run may take in each stage: enough to feed a GPU, little enough for a phone. */
const ACTIVATION_BYTES = 2 ** 25

/** Of one dimension, in every WebGPU (maxComputeWorkgroupsPerDimension). */
const MOST_WORKGROUPS = 65_535

/** The kernels of a plan on one device. */
export interface Program {
  readonly kernels: readonly Kernel[]
  readonly pipelines: readonly GPUComputePipeline[]
}

/** What one command buffer does. */
export interface Run {
  readonly size: RunSize
  /** Words of the workspace's inputs to write before, from the first on. */
  readonly inputWords: number
  readonly stages: readonly Stage[]
  readonly explain: boolean
  /** Values of `results` to read back. */
  readonly resultFloats: number
}

/** What a session is made of. */
export interface SessionParts {
  readonly facts: AdapterFacts
  readonly device: GPUDevice
  readonly schedule: Schedule
  readonly program: Program
  /** The same kernels with what `explain` asks for. */
  readonly compileExplaining: () => Promise<Program>
  readonly layout: GPUBindGroupLayout
  readonly weights: readonly GPUBuffer[]
  readonly uses: readonly string[]
}

/** One device with a network's weights and pipelines on it. When the device is lost, so is the session. */
export class Session {
  readonly facts: AdapterFacts
  readonly device: GPUDevice
  readonly schedule: Schedule
  /** Bytes of all weights in GPU memory. */
  readonly weightBytes: number
  /** What of the device is used, as in `EngineInfo`. */
  readonly uses: readonly string[]
  /** What one run may hold at most. */
  readonly most: { readonly stepRows: number; readonly windows: number; readonly inputWords: number }
  readonly #program: Program
  readonly #compileExplaining: () => Promise<Program>
  readonly #layout: GPUBindGroupLayout
  readonly #weights: readonly GPUBuffer[]
  readonly #workspaces = new Set<Workspace>()
  readonly #spare: Workspace[] = []
  #explaining: Promise<Program> | null = null
  #explainable: Program | null = null
  readonly #errors: string[] = []
  /** Ends those who wait for the device. */
  readonly #waiting = new Set<(reason: Error) => void>()

  constructor(o: SessionParts) {
    this.facts = o.facts
    this.device = o.device
    this.schedule = o.schedule
    this.uses = o.uses
    this.weightBytes = o.weights.reduce((sum, buffer) => sum + buffer.size, 0)
    this.most = mostOf(o.schedule, o.program.kernels, o.device.limits)
    this.#program = o.program
    this.#compileExplaining = o.compileExplaining
    this.#layout = o.layout
    this.#weights = o.weights
    o.device.addEventListener('uncapturederror', event => this.#errors.push(event.error.message))
    void o.device.lost.then(({ message, reason }) => {
      for (const fail of this.#waiting) fail(new Error(message || reason))
    })
  }

  /** Why the device is gone; null while it is there. The news may come a moment after what it made fail. */
  async lost(): Promise<string | null> {
    const still = new Promise<null>(resolve => setTimeout(resolve, LOSS_NEWS_MS, null))
    const news = await Promise.race([this.device.lost, still])
    return news && (news.message || news.reason)
  }

  /** A workspace of its own, for runs that leave something in it for the next. */
  takeWorkspace(): Workspace {
    const workspace = this.#spare.pop() ?? new Workspace(this.device, this.#layout, this.#weights)
    this.#workspaces.add(workspace)
    return workspace
  }

  giveWorkspace(workspace: Workspace): void {
    this.#spare.push(workspace)
  }

  /** @throws EngineError `OUT_OF_MEMORY` */
  async fit(workspace: Workspace, size: WorkspaceSize): Promise<void> {
    if (workspace.fits(size)) return
    try {
      await withinGpuMemory(this.device, 'activations', () => workspace.grow(size))
    } catch (error) {
      workspace.destroy()
      throw error
    }
  }

  /** The kernels that also write explanations, compiled when first asked for. */
  async prepareExplaining(): Promise<void> {
    this.#explaining ??= this.#compileExplaining()
    try {
      this.#explainable = await this.#explaining
    } catch (error) {
      this.#explaining = null
      throw error
    }
  }

  /** Writes inputs, encodes and submits before it returns; resolves with what was read back. */
  submit(workspace: Workspace, run: Run): Promise<Float32Array> {
    const { device } = this
    const { kernels, pipelines } = run.explain ? this.#explainable! : this.#program
    device.queue.writeBuffer(workspace.inputs, 0, workspace.words, 0, run.inputWords)
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setBindGroup(0, workspace.bindGroup)
    kernels.forEach((kernel, i) => {
      if (!run.stages.includes(this.schedule.dispatches[i].stage)) return
      const workgroups = kernel.workgroups(run.size)
      if (workgroups === 0) return
      pass.setPipeline(pipelines[i])
      pass.dispatchWorkgroups(workgroups)
    })
    pass.end()
    const staging = workspace.takeStaging()
    const bytes = 4 * run.resultFloats
    encoder.copyBufferToBuffer(workspace.results, 0, staging, 0, bytes)
    device.queue.submit([encoder.finish()])
    return this.#readBack(workspace, staging, bytes, this.#errors.length)
  }

  /** @param errors how many had been reported when the run was submitted */
  async #readBack(workspace: Workspace, staging: GPUBuffer, bytes: number, errors: number): Promise<Float32Array> {
    let values: Float32Array
    try {
      await this.#mapped(staging, bytes)
      values = new Float32Array(staging.getMappedRange(0, bytes)).slice()
    } catch (error) {
      staging.destroy()
      throw error
    }
    staging.unmap()
    workspace.giveStaging(staging)
    if (this.#errors.length > errors) throw new Error(this.#errors.at(-1))
    return values
  }

  /** Settles when the buffer can be read, or when the device is lost: a call must not hang. */
  async #mapped(staging: GPUBuffer, bytes: number): Promise<void> {
    const stopPolling = pollWherePolled(this.device.queue)
    let fail: (reason: Error) => void = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        fail = reject
        this.#waiting.add(fail)
        staging.mapAsync(MAP_READ, 0, bytes).then(resolve, reject)
      })
    } finally {
      this.#waiting.delete(fail)
      stopPolling()
    }
  }

  destroy(): void {
    for (const workspace of this.#workspaces) workspace.destroy()
    for (const buffer of this.#weights) buffer.destroy()
    this.device.destroy()
  }
}

function mostOf(
  schedule: Schedule,
  kernels: readonly Kernel[],
  { maxStorageBufferBindingSize, maxBufferSize }: GPUSupportedLimits,
): Session['most'] {
  const { lookback, horizons } = schedule.plan.shape
  const steps = lookback + horizons
  const bufferBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize)
  const activations = Math.min(bufferBytes, ACTIVATION_BYTES)
  // each region of a kernel rounds up to whole workgroups
  const rows = (MOST_WORKGROUPS - steps) * Math.min(...kernels.map(kernel => kernel.rows))
  const within = (quads: number) => (quads === 0 ? rows : Math.min(rows, Math.floor(activations / (16 * quads))))
  const stepRows = within(schedule.recordQuads.step)
  const windows = Math.min(MOST_WORKGROUPS, Math.floor(within(schedule.recordQuads.window) / steps))
  return { stepRows, windows: Math.max(1, windows), inputWords: bufferBytes / 4 }
}

/** Firefox looks for finished work only every 100 ms, unless something is submitted (bugzilla 1870699). */
function pollWherePolled(queue: GPUQueue): () => void {
  if (!/firefox/i.test(globalThis.navigator.userAgent ?? '')) return () => {}
  const timer = setInterval(() => queue.submit([]), 1)
  return () => clearInterval(timer)
}
