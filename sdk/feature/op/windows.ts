/**
 * Which rows a rolling window holds. Time is divided into blocks as long as the window, anchored to absolute time, and a
 * window is put together from the tail of an old block, the whole blocks between and the head of the newest. Whatever is
 * folded over a window then depends on the window's rows alone, to the last bit, wherever the history begins; a running
 * sum (add the new, subtract the old) would carry rounding errors on for ever. Missing candles are no rows: a window
 * counts candles, and its blocks may hold fewer of them.
 */
export class WindowBlocks {
  /** First row of the newest block, the head. */
  headStart = 0
  /** Rows that open at this time or later belong to a block to come. */
  untilMs = Number.NEGATIVE_INFINITY
  readonly #window: number
  readonly #spanMs: number
  /** First rows of the blocks before the head: a ring. */
  readonly #starts: Int32Array
  #blocks = 0

  constructor(window: number, stepMs: number) {
    this.#window = window
    this.#spanMs = window * stepMs
    // a window of n rows reaches into at most n blocks before the newest
    this.#starts = new Int32Array(window + 1)
  }

  /** Begins the block that a row belongs to, its first. */
  begin(row: number, openTimeMs: number): void {
    if (row > 0) this.#starts[this.#blocks++ % (this.#window + 1)] = this.headStart
    this.headStart = row
    this.untilMs = (Math.floor(openTimeMs / this.#spanMs) + 1) * this.#spanMs
  }

  /** First row of the `back`-th block before the head, or −1 where there is none. */
  startOf(back: number): number {
    return back > this.#blocks || back > this.#window + 1
      ? -1
      : this.#starts[(this.#blocks - back) % (this.#window + 1)]
  }
}

/** In a ring as long as the window. */
export const slotBefore = (slot: number, window: number): number => (slot === 0 ? window : slot) - 1
