import { EngineError } from '../../sdk/errors.ts'

/** How large a run is; each buffer grows to the largest asked for. */
export interface WorkspaceSize {
  readonly inputWords: number
  readonly stepQuads: number
  readonly windowQuads: number
  readonly resultFloats: number
}

const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 }

/** Buffers of one run at a time, and the bind group that names them. */
export class Workspace {
  readonly #device: GPUDevice
  readonly #layout: GPUBindGroupLayout
  readonly #weights: readonly GPUBuffer[]
  #buffers: GPUBuffer[] = []
  #bindGroup: GPUBindGroup | null = null
  /** What is written to the GPU before a run. */
  words = new Uint32Array(0)
  floats = new Float32Array(0)
  readonly #staging: GPUBuffer[] = []

  constructor(device: GPUDevice, layout: GPUBindGroupLayout, weights: readonly GPUBuffer[]) {
    this.#device = device
    this.#layout = layout
    this.#weights = weights
  }

  get bindGroup(): GPUBindGroup {
    return this.#bindGroup!
  }

  get inputs(): GPUBuffer {
    return this.#buffers[0]
  }

  get results(): GPUBuffer {
    return this.#buffers[3]
  }

  fits(size: WorkspaceSize): boolean {
    return bytesOf(size).every((bytes, i) => bytes <= (this.#buffers[i]?.size ?? 0))
  }

  /** Makes room; buffers that have to grow lose what is in them. */
  grow(size: WorkspaceSize): void {
    const usages = [USAGE.STORAGE | USAGE.COPY_DST, USAGE.STORAGE, USAGE.STORAGE, USAGE.STORAGE | USAGE.COPY_SRC]
    this.#buffers = bytesOf(size).map((bytes, i) => {
      const old = this.#buffers[i]
      if (old && old.size >= bytes) return old
      old?.destroy()
      return this.#device.createBuffer({ size: bytes, usage: usages[i] })
    })
    this.#bindGroup = this.#device.createBindGroup({
      layout: this.#layout,
      entries: [...this.#weights, ...this.#buffers].map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
    if (this.words.length < size.inputWords) {
      this.words = new Uint32Array(size.inputWords)
      this.floats = new Float32Array(this.words.buffer)
    }
  }

  /** A buffer to read `results` back with; several runs may be in flight. */
  takeStaging(): GPUBuffer {
    const { size } = this.results
    for (;;) {
      const free = this.#staging.pop()
      if (!free) return this.#device.createBuffer({ size, usage: USAGE.MAP_READ | USAGE.COPY_DST })
      if (free.size >= size) return free
      free.destroy()
    }
  }

  giveStaging(buffer: GPUBuffer): void {
    this.#staging.push(buffer)
  }

  /** Frees the buffers; they can grow anew. */
  destroy(): void {
    for (const buffer of [...this.#buffers, ...this.#staging]) buffer.destroy()
    this.#buffers = []
    this.#staging.length = 0
  }
}

/** Of inputs, steps, windows and results; whole quads, and never empty. */
const bytesOf = ({ inputWords, stepQuads, windowQuads, resultFloats }: WorkspaceSize): number[] =>
  [inputWords / 4, stepQuads, windowQuads, resultFloats / 4].map(quads => 16 * Math.max(1, Math.ceil(quads)))

/**
 * Runs what allocates, and fails when the GPU's memory does not suffice.
 * @throws EngineError `OUT_OF_MEMORY`
 */
export async function withinGpuMemory<T>(device: GPUDevice, what: string, allocate: () => T): Promise<T> {
  device.pushErrorScope('out-of-memory')
  const made = allocate()
  const error = await device.popErrorScope()
  if (!error) return made
  throw new EngineError(
    'OUT_OF_MEMORY',
    `The GPU has no memory for ${what}: ${error.message}. Use smaller batches, dispose of other engines, or use the engine 'wasm'.`,
    { block: what, limit: 'GPU memory' },
  )
}
