/** The first Ctrl-C asks work to stop and save; the second ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives Ctrl-C back its usual meaning. */
  release(): void
}

/** Exit status of a process that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED_EXIT_CODE = 130

/** npm and tsx pass a Ctrl-C on that the terminal has delivered already: what comes this soon is the same key press. */
const SAME_PRESS_MS = 1000

export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  let firstAtMs = 0
  const handle = () => {
    if (!controller.signal.aborted) {
      firstAtMs = performance.now()
      controller.abort()
      onFirst()
    } else if (performance.now() - firstAtMs > SAME_PRESS_MS) process.exit(INTERRUPTED_EXIT_CODE)
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', handle)
      process.off('SIGTERM', handle)
    },
  }
}
