import { ln } from '../../portable-math.ts'
import type { EventColumns, Fold } from './fold.ts'

/** Keeps the closes of the last sessions; a session without a close is none. */
class Sessions {
  readonly closes: Float64Array // a ring
  count = 0
  newestMs = Number.NaN
  #sinceMs = Number.NaN
  readonly #maxAgeMs: number

  constructor(sessions: number, maxAgeMs: number) {
    this.closes = new Float64Array(sessions)
    this.#maxAgeMs = maxAgeMs
  }

  take({ timeMs, close }: EventColumns, i: number, availableMs: number): void {
    if (Number.isNaN(close[i])) return
    this.closes[this.count++ % this.closes.length] = close[i]
    this.newestMs = timeMs[i]
    this.#sinceMs = availableMs
  }

  /** The close so many sessions before the newest. */
  closeAt(back: number): number {
    return back < this.count ? this.closes[(this.count - 1 - back) % this.closes.length] : Number.NaN
  }

  isFresh(closeMs: number): boolean {
    return closeMs - this.#sinceMs <= this.#maxAgeMs
  }
}

const sessionFold = (sessions: Sessions, current: () => number): Fold => ({
  begin: () => {},
  take: (columns, i, availableMs) => sessions.take(columns, i, availableMs),
  read: closeMs => (sessions.isFresh(closeMs) ? current() : Number.NaN),
})

/** Close of the session so many before the newest one known. */
export function sessionClose(back: number, maxAgeMs: number): Fold {
  const sessions = new Sessions(back + 1, maxAgeMs)
  return sessionFold(sessions, () => sessions.closeAt(back))
}

/** Mean logarithm of the newest closes. */
export function sessionLogMean(window: number, maxAgeMs: number): Fold {
  const sessions = new Sessions(window, maxAgeMs)
  return sessionFold(sessions, () => {
    let sum = 0
    for (let back = window - 1; back >= 0; back--) sum += ln(sessions.closeAt(back))
    return sum / window
  })
}

/** Date of the newest session known. */
export function sessionDate(maxAgeMs: number): Fold {
  const sessions = new Sessions(1, maxAgeMs)
  return sessionFold(sessions, () => sessions.newestMs)
}
