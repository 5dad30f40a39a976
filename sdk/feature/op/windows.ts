/**
 * Which rows a rolling window holds. Time is divided into blocks as long as the window, anchored to absolute time, and a
 * window is put together from the tail of an old block, the whole blocks between and the head of the newest. Whatever is
 * folded over a window then depends on the window's rows alone, to the last bit, wherever the history begins; a running
 * sum (add the new, subtract the old) would carry rounding errors on for ever. Missing candles are no rows: a window
 * counts candles, and its blocks may hold fewer of them.
 */
export class WindowBlocks {
  /** Rows seen so far. */
  length = 0
  /** First row of the newest block. */
  headStart = 0
  /** Row after the last of the block that has just been closed; −1 when the newest row closed none. */
  closedEnd = -1
  readonly window: number
  readonly #spanMs: number
  readonly #starts: Int32Array
  #blocks = 0
  #block = Number.NaN

  constructor(window: number, stepMs: number) {
    this.window = window
    this.#spanMs = window * stepMs
    // a window of n rows reaches into at most n blocks before the newest
    this.#starts = new Int32Array(window + 1)
  }

  /** Takes the next row in. `closedEnd ≥ 0` afterwards: the rows `closedStart … closedEnd − 1` are a whole block now. */
  push(openTimeMs: number): void {
    const block = Math.floor(openTimeMs / this.#spanMs)
    this.closedEnd = -1
    if (block !== this.#block) {
      if (this.length > 0) {
        this.#starts[this.#blocks++ % (this.window + 1)] = this.headStart
        this.closedEnd = this.length
      }
      this.#block = block
      this.headStart = this.length
    }
    this.length++
  }

  /** First row of the block that has just been closed. */
  get closedStart(): number {
    return this.startOf(1)
  }

  /** First row of the `back`-th block before the newest, or −1 where there is none. */
  startOf(back: number): number {
    return back > this.#blocks || back > this.window + 1 ? -1 : this.#starts[(this.#blocks - back) % (this.window + 1)]
  }

  /** First row of the window that ends with the newest row. */
  get windowStart(): number {
    return Math.max(0, this.length - this.window)
  }
}
