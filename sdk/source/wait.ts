import { AbortedError } from '../errors.ts'

/** Settles as `work` does, or throws AbortedError as soon as the signal fires: the work itself may go on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (signal === undefined) return work
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AbortedError(what))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Platforms count the time of a timer in 32 bits: a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Waits; ends at once, with AbortedError, when the signal fires. */
export async function sleep(ms: number, signal: AbortSignal | undefined, what: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>(done => {
    const wait = (leftMs: number): void => {
      timer = setTimeout(
        () => (leftMs > LONGEST_TIMER_MS ? wait(leftMs - LONGEST_TIMER_MS) : done()),
        Math.min(leftMs, LONGEST_TIMER_MS),
      )
    }
    wait(ms)
  })
  try {
    await untilAborted(over, signal, what)
  } finally {
    clearTimeout(timer)
  }
}

export interface Backoff {
  /** Longest wait before the second attempt; it doubles with each one after it. */
  readonly firstMs: number
  readonly longestMs: number
}

/**
 * How long to wait after failed attempt `attempt` (1, 2, …): uniform between nothing and a bound that doubles, so that
 * clients which failed together do not come back together.
 * @see Marc Brooker: Exponential Backoff And Jitter, AWS Architecture Blog (2015): "full jitter"
 */
export function backoffMs(attempt: number, { firstMs, longestMs }: Backoff, random: () => number): number {
  return random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1))
}
