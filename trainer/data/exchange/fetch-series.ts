import { subtractRanges, type TimeRange } from '../../../sdk/candle/time-ranges.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import type { MarketStore, SeriesKey } from '../market-store.ts'
import { lengthMs, type SeriesProgress } from './progress.ts'
import { offeredPages } from './series-offer.ts'
import type { SeriesPagesOptions } from './series-pages.ts'

export interface FetchSeriesOptions extends SeriesPagesOptions {
  readonly store: MarketStore
  readonly progress: SeriesProgress
  /** Rows of a page, which are stored by now. */
  readonly onStored: (rows: number) => void
}

/**
 * Fetches what the store lacks of one series, each page stored before the next one is asked for.
 * @returns Whether it lacked nothing.
 * @throws ExchangeError, StoreError, AbortedError
 */
export async function fetchSeries(
  session: ExchangeSession,
  key: SeriesKey,
  range: TimeRange,
  o: FetchSeriesOptions,
): Promise<boolean> {
  const pages = offeredPages(session, key)
  // order books are taken from now on: none of an earlier time is to be had
  const missing = key.kind === 'book' ? [range] : subtractRanges(range, await o.store.complete(key))
  o.progress.begin(missing, o.snapshots.count)
  try {
    for (const [i, part] of missing.entries()) {
      const laterMs = lengthMs(missing.slice(i + 1))
      for await (const { table, complete, doneMs } of pages(session, key, part, o)) {
        if (table.length > 0 || complete !== null) await o.store.write(key, { table, complete })
        o.onStored(table.length)
        o.progress.page(table.length, laterMs + Math.max(0, part.toMs - doneMs))
      }
    }
  } finally {
    o.progress.end()
  }
  return missing.length === 0
}
