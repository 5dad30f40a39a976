import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { HOUR_MS, SECOND_MS, timeframeMs } from '../../../sdk/units.ts'
import type { SeriesKey } from '../market-store.ts'

export interface FetchProgress {
  readonly rows: number
  /** As far as is known now: how many trades there will be shows as they come. */
  readonly expectedRows: number
  readonly rowsPerSecond: number
  /** Null before the first page. */
  readonly secondsLeft: number | null
}

export interface SeriesProgress {
  /** What is going to be asked for. */
  begin(missing: readonly TimeRange[], snapshots: number): void
  /** Rows of one page, after which `leftMs` are still to be asked for. */
  page(rows: number, leftMs: number): void
  end(): void
}

const USUAL_FUNDING_MS = 8 * HOUR_MS

/** Adds up what the series report. */
export class ProgressSum {
  readonly #series: { rows: number; expected: number }[] = []
  readonly #report: (progress: FetchProgress) => void
  readonly #now: () => number
  #startMs = 0

  constructor(report: (progress: FetchProgress) => void, now: () => number) {
    this.#report = report
    this.#now = now
  }

  add(key: SeriesKey): SeriesProgress {
    const state = { rows: 0, expected: 0 }
    let totalMs = 0
    this.#series.push(state)
    return {
      begin: (missing, snapshots) => {
        this.#startMs ||= this.#now()
        totalMs = lengthMs(missing)
        const stepMs = usualStepMs(key) ?? Number.POSITIVE_INFINITY
        state.expected = key.kind === 'book' ? snapshots : Math.floor(totalMs / stepMs)
      },
      page: (rows, leftMs) => {
        state.rows += rows
        if (key.kind !== 'book') {
          const stepMs = usualStepMs(key) ?? (totalMs - leftMs) / state.rows
          state.expected = state.rows + (stepMs > 0 ? Math.floor(leftMs / stepMs) : 0)
        }
        this.#tell()
      },
      end: () => {
        state.expected = state.rows
      },
    }
  }

  #tell(): void {
    const rows = this.#series.reduce((sum, one) => sum + one.rows, 0)
    const expectedRows = this.#series.reduce((sum, one) => sum + one.expected, 0)
    const seconds = (this.#now() - this.#startMs) / SECOND_MS
    const rowsPerSecond = seconds > 0 ? rows / seconds : 0
    const secondsLeft = rowsPerSecond > 0 ? (expectedRows - rows) / rowsPerSecond : null
    this.#report({ rows, expectedRows, rowsPerSecond, secondsLeft })
  }
}

export const lengthMs = (ranges: readonly TimeRange[]): number =>
  ranges.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)

/** Time from one row to the next; null where rows come as they come. */
function usualStepMs({ kind, timeframe }: SeriesKey): number | null {
  if (timeframe !== null) return timeframeMs(timeframe)
  return kind === 'funding' ? USUAL_FUNDING_MS : null
}
