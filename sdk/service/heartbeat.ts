const TICK_MS = 2_000
/** Half a minute: computing keeps a worker from answering for seconds, on slow devices with slow engines. */
const SILENT_TICKS = 15
/** Two minutes: before its first word, a worker's script may still be on its way over a poor connection. */
const SILENT_TICKS_AT_FIRST = 60

export interface HeartbeatOptions {
  /** Makes the other side say something. */
  readonly ping: () => void
  /** It has said nothing for too long. */
  readonly onSilence: () => void
}

/**
 * Notices that the other side has gone without a word, as when a browser ends a worker. It counts its own ticks, not the
 * time: a page that was asleep has not been waiting.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #timer: ReturnType<typeof setInterval> | undefined
  #silentTicks = 0
  #patience = SILENT_TICKS_AT_FIRST

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** An answer is expected from now on. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#silentTicks = 0
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** No answer is expected any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Something was said. */
  heard(): void {
    this.#silentTicks = 0
    this.#patience = SILENT_TICKS
  }

  #tick(): void {
    if (++this.#silentTicks > this.#patience) {
      this.stop()
      this.#options.onSilence()
    } else this.#options.ping()
  }
}
