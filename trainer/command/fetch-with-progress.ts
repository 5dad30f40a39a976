import type { Retry } from '../../sdk/source/exchange/exchange-session.ts'
import { SECOND_MS } from '../../sdk/units.ts'
import { type FetchMarketDataOptions, type FetchOutcome, fetchMarketData } from '../data/exchange/fetch-market-data.ts'
import type { FetchProgress } from '../data/exchange/progress.ts'
import { duration, integer } from '../report/format.ts'
import type { Terminal } from './terminal.ts'

/** A first repetition is usual, and short; from here on the user should know what is waited for. */
const TELLING_ATTEMPT = 3

/** Fetches under a progress bar, which is gone when this returns or throws. */
export async function fetchWithProgress(
  terminal: Terminal,
  options: Omit<FetchMarketDataOptions, 'onProgress' | 'onRetry'>,
): Promise<FetchOutcome[]> {
  const bar = terminal.progress()
  try {
    return await fetchMarketData({
      ...options,
      onProgress: progress => bar.update(progress.rows / Math.max(1, progress.expectedRows), describe(progress)),
      onRetry: retry => {
        if (retry.asked || retry.attempt >= TELLING_ATTEMPT) terminal.line(describeRetry(retry))
      },
    })
  } finally {
    bar.stop()
  }
}

function describe({ rows, expectedRows, rowsPerSecond, secondsLeft }: FetchProgress): string {
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`
  return `${integer(rows)} of ${integer(expectedRows)} rows, ${integer(rowsPerSecond)} a second${left}`
}

function describeRetry({ exchange, what, attempt, waitMs, asked, cause }: Retry): string {
  const wait = duration(waitMs / SECOND_MS)
  if (asked) return `${exchange} asks to wait ${wait}`
  return `${exchange}: ${what} again in ${wait}, after ${attempt} attempts (${cause})`
}
