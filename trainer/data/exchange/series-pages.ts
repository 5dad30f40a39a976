import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import type { SeriesKey, StoredPage } from '../market-store.ts'

export interface Snapshots {
  readonly count: number
  /** From the start of one to the start of the next. */
  readonly everyMs: number
}

export interface SeriesPagesOptions {
  readonly signal?: AbortSignal
  /** For books, of which exchanges have no history. */
  readonly snapshots: Snapshots
  /** Something that the user should know of this series, e.g. how far back the exchange goes. */
  readonly note: (text: string) => void
}

export interface SeriesPage extends StoredPage {
  /** Up to here the series has been asked for. */
  readonly doneMs: number
}

/** The pages of one series over a range, oldest first, each of which can be stored as it is. */
export type SeriesPages = (
  session: ExchangeSession,
  key: SeriesKey,
  range: TimeRange,
  options: SeriesPagesOptions,
) => AsyncIterable<SeriesPage>
