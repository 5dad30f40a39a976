/** Few enough that the slowest engine is not deaf for long. */
const FIRST_WINDOWS = 16
const MOST_WINDOWS = 8192
/** Long enough that the work which neighbouring slices repeat hardly counts, short enough for a responsive page. */
const TARGET_MS = 200
/** One quick slice is no proof: caches and clocks are uneven. */
const LARGEST_GROWTH = 8

/** How many windows to forecast before progress is reported and messages are let in: as many as fit into a fifth of a second. */
export class SliceSizes {
  readonly #fixed: number | undefined
  #windows: number

  /** @param fixed always this many */
  constructor(fixed?: number) {
    this.#fixed = fixed
    this.#windows = fixed ?? FIRST_WINDOWS
  }

  next(): number {
    return this.#windows
  }

  /** Runs a slice of `next()` windows, and learns from the time it takes. */
  async time<T>(run: () => Promise<T>): Promise<T> {
    const start = performance.now()
    const result = await run()
    if (this.#fixed === undefined) this.#adapt(performance.now() - start)
    return result
  }

  #adapt(tookMs: number): void {
    const growth = Math.min(TARGET_MS / Math.max(tookMs, 1), LARGEST_GROWTH)
    this.#windows = Math.round(Math.min(Math.max(this.#windows * growth, 1), MOST_WINDOWS))
  }
}
