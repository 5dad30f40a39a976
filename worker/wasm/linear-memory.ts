import { EngineError } from '../../sdk/errors.ts'

const PAGE_BYTES = 65_536
/** A cache line. Address 0 stays free: kernels take it for 'none'. */
const ALIGNMENT = 64

/** An engine's WebAssembly memory: everything is laid out once and stays where it is. */
export class LinearMemory {
  readonly memory = firstPage()
  private top = ALIGNMENT
  private view = new Float32Array(this.memory.buffer)

  /** The whole memory; take it anew after an allocation, which may move it. */
  get floats(): Float32Array {
    if (this.view.buffer !== this.memory.buffer) this.view = new Float32Array(this.memory.buffer)
    return this.view
  }

  get bytes(): number {
    return this.memory.buffer.byteLength
  }

  /**
   * Zeroed floats; returns their address in bytes.
   * @throws EngineError `OUT_OF_MEMORY`
   */
  allocate(floats: number, what: string): number {
    const at = this.top
    const end = at + Math.ceil((floats * 4) / ALIGNMENT) * ALIGNMENT
    const missing = end - this.bytes
    if (missing > 0) this.grow(Math.ceil(missing / PAGE_BYTES), what)
    this.top = end
    return at
  }

  /** Copies values in, rounded to float32; returns their address. */
  place(values: ArrayLike<number>, what: string): number {
    const at = this.allocate(values.length, what)
    this.floats.set(values, at / 4)
    return at
  }

  /** Takes back, when it is done, all that `work` allocates. */
  temporarily<T>(work: () => T): T {
    const { top } = this
    try {
      return work()
    } finally {
      this.floats.fill(0, top / 4, this.top / 4)
      this.top = top
    }
  }

  /** Writes whole numbers, such as offsets, to an address. */
  setIntegers(at: number, values: readonly number[]): void {
    new Int32Array(this.memory.buffer, at, values.length).set(values)
  }

  private grow(pages: number, what: string): void {
    try {
      this.memory.grow(pages)
    } catch {
      throw outOfMemory(this.bytes, pages * PAGE_BYTES, what)
    }
  }
}

function firstPage(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1 })
  } catch {
    throw outOfMemory(0, PAGE_BYTES, 'an engine')
  }
}

function outOfMemory(heldBytes: number, neededBytes: number, what: string): EngineError {
  return new EngineError(
    'OUT_OF_MEMORY',
    `WebAssembly memory of ${heldBytes} bytes cannot grow by ${neededBytes} bytes for ${what}. ` +
      'Close other pages or engines, or choose a smaller model.',
    { heldBytes, neededBytes, what },
  )
}
