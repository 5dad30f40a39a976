import type { TimeRange } from '../../sdk/candle/time-ranges.ts'
import type { Timeframe } from '../../sdk/units.ts'
import type { DataKind, Table } from './kind.ts'

/** One series of market data. */
export interface SeriesKey {
  /** ccxt's name, e.g. `binance`. */
  readonly exchange: string
  /** ccxt's spelling, e.g. `BTC/USDT`, or `BTC/USDT:USDT` for a perpetual. */
  readonly symbol: string
  readonly kind: DataKind
  /** Null for kinds without one. */
  readonly timeframe: Timeframe | null
}

export interface StoredPage {
  /** Any order; a row whose key comes twice counts once, the last one. */
  readonly table: Table
  /** The times for which this page is the last word, see `CandlePage.complete`; null where it is for none. */
  readonly complete: TimeRange | readonly TimeRange[] | null
}

/** What validation puts in the place of stored rows; the rows themselves are kept. */
export interface Repairs {
  /** Whole rows of the kind's columns: each replaces the row of the same key, or is added where there is none. */
  readonly rows: Table
  /** Why, per row: the name of the check. */
  readonly reasons: readonly string[]
  /** Times of rows that are left out, and why. */
  readonly dropped: readonly { readonly timeMs: number; readonly reason: string }[]
}

/** Rows as they are used: repaired, unless asked for as they came. */
export interface StoredTable extends Table {
  /** Per row, the check that had it repaired, or ''. */
  readonly repaired: readonly string[]
  /** Number of the newest write that was there; 0 where nothing is stored. A write that was not there has a higher one. */
  readonly lastWrite: number
}

export interface ReadOptions {
  readonly range?: TimeRange
  /** As they came, without repairs. */
  readonly raw?: boolean
}

export interface SeriesSummary {
  readonly key: SeriesKey
  readonly rows: number
  /** Of the first and the last row; null where there are none, which a source can be known to have. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** See `StoredPage.complete`; sorted and disjoint. */
  readonly complete: readonly TimeRange[]
  readonly bytes: number
  /** Rows that repairs add, replace or drop. */
  readonly repairs: number
  /** Places of what cannot be read; the figures above are of the rest. Empty in a sound series. */
  readonly damaged: readonly string[]
}

/** Something that was found in, or done to, a series. */
export interface LogEntry {
  readonly atMs: number
  readonly key: SeriesKey
  /** Name of the check, or of what was done. */
  readonly what: string
  readonly severity: 'error' | 'warning' | 'info'
  /** The times concerned; null for the whole series. */
  readonly range: TimeRange | null
  /** How many rows. */
  readonly rows: number
  /** One sentence with the values. */
  readonly text: string
  /** What was done about it. */
  readonly action: 'rejected' | 'repaired' | 'noted'
}

/**
 * Where market data lie. Small enough that a database can implement it.
 *
 * Every write is whole or not at all: whatever kills the process, what was written before stays, and a page is there with
 * its `complete` range or not there. Writers may be several processes.
 * @throws StoreError from every method, see store-error.ts
 */
export interface MarketStore {
  /** Where it lies, for messages. */
  readonly place: string
  /** Adds a page; rows whose key is stored already are replaced. Gives the number of this write; 0 for an empty page. */
  write(key: SeriesKey, page: StoredPage): Promise<number>
  /** Sorted by key, each key once; an empty table where nothing is stored. */
  read(key: SeriesKey, options?: ReadOptions): Promise<StoredTable>
  /** What has been fetched for good; sorted and disjoint. */
  complete(key: SeriesKey): Promise<TimeRange[]>
  /** By exchange, symbol, kind, timeframe. */
  list(): Promise<SeriesSummary[]>
  /**
   * Replaces the repairs of a series by these. They hold against rows up to the write `lastWrite`, which are those that were
   * judged (see `StoredTable`); a row that is written after it is given as it came.
   */
  writeRepairs(key: SeriesKey, repairs: Repairs, lastWrite: number): Promise<void>
  appendLog(entries: readonly LogEntry[]): Promise<void>
  /** Oldest first. */
  readLog(key?: SeriesKey): Promise<LogEntry[]>
  close(): Promise<void>
}
