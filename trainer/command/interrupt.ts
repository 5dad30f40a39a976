/** The first Ctrl-C asks work to stop and save; the second ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives Ctrl-C back its usual meaning. */
  release(): void
}

/** Exit status of a process that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED_EXIT_CODE = 130

export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  const handle = () => {
    if (controller.signal.aborted) return process.exit(INTERRUPTED_EXIT_CODE)
    controller.abort()
    onFirst()
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
