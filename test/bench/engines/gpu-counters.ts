/** What a forward pass asked of the GPU. */
export interface GpuCounts {
  readonly dispatches: number
  readonly submits: number
  /** From the call to the end of its last submit: what encoding costs the CPU, and for who waits in between, that too. */
  readonly encodeMs: number
}

/** Counts, by wrapping WebGPU's own functions, what anyone in this thread asks of the GPU. */
export class GpuCounters {
  private dispatches = 0
  private submits = 0
  private lastSubmitMs = 0
  private bufferBytes = 0

  constructor() {
    const pass = GPUComputePassEncoder.prototype
    after(pass, 'dispatchWorkgroups', () => this.dispatches++)
    after(pass, 'dispatchWorkgroupsIndirect', () => this.dispatches++)
    after(GPUQueue.prototype, 'submit', () => {
      this.submits++
      this.lastSubmitMs = performance.now()
    })
    after(GPUDevice.prototype, 'createBuffer', (_, buffer) => {
      this.bufferBytes += (buffer as GPUBuffer).size
    })
    after(GPUBuffer.prototype, 'destroy', buffer => {
      this.bufferBytes -= (buffer as GPUBuffer).size
    })
  }

  /** Of all buffers made and not destroyed. */
  get aliveBytes(): number {
    return this.bufferBytes
  }

  async count(run: () => Promise<unknown>): Promise<GpuCounts> {
    const { dispatches, submits } = this
    const start = performance.now()
    await run()
    return {
      dispatches: this.dispatches - dispatches,
      submits: this.submits - submits,
      encodeMs: this.lastSubmitMs - start,
    }
  }
}

/** Lets `listen` see every call of a method once it has returned: its object and its result. */
function after<T extends object>(
  prototype: T,
  method: keyof T,
  listen: (self: unknown, result: unknown) => void,
): void {
  const original = prototype[method] as (...args: unknown[]) => unknown
  const heard = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args)
    listen(this, result)
    return result
  }
  Object.defineProperty(prototype, method, { value: heard, configurable: true, writable: true })
}
