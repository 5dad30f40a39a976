import { setMaxListeners } from 'node:events'
import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { AbortedError, EdgeQuantError } from '../../../sdk/errors.ts'
import { type Timeframe, timeframeMs } from '../../../sdk/units.ts'
import type { MarketStore, SeriesKey, SeriesSummary } from '../market-store.ts'
import { StoreError } from '../store/store-error.ts'
import { fetchSeries } from './fetch-series.ts'
import { type FetchProgress, ProgressSum } from './progress.ts'
import { runBounded } from './run-bounded.ts'
import { checkSymbol, isPerpetual } from './series-offer.ts'
import type { Snapshots } from './series-pages.ts'
import { Sessions, type SessionsOptions } from './sessions.ts'

/** So many candles up to the newest closed one; of kinds without a timeframe, the same time. */
export interface NewestCandles {
  readonly candles: number
  readonly timeframe: Timeframe
}

export interface FetchMarketDataOptions extends SessionsOptions {
  readonly store: MarketStore
  /** Of any exchanges, symbols and kinds; each once. */
  readonly series: readonly SeriesKey[]
  /** Times wanted; what lies in the future is left out. Order books come from now on, whatever stands here. */
  readonly period: TimeRange | NewestCandles
  /** Series that are fetched at once, per exchange; ccxt spaces their requests all the same. Default 4. */
  readonly concurrency?: number
  /** Order books to take; default one. */
  readonly snapshots?: Snapshots
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: FetchProgress) => void
}

/** What became of one series. */
export interface FetchOutcome {
  readonly key: SeriesKey
  /** Times that were asked for, by the exchange's clock; null where it did not come to that. */
  readonly range: TimeRange | null
  /** That were stored; the newest may replace what an earlier fetch stored. */
  readonly rowsFetched: number
  /** The series as it is stored now; null where nothing is. */
  readonly stored: SeriesSummary | null
  /** Whether nothing had to be asked for. */
  readonly wasComplete: boolean
  /** What the user should know, e.g. how far back the exchange goes. */
  readonly notes: readonly string[]
  /** Why it ended early; what was fetched before that is stored. */
  readonly error: EdgeQuantError | null
}

const CONCURRENCY = 4
const ONE_SNAPSHOT: Snapshots = { count: 1, everyMs: 1000 }

/**
 * Fetches what a store lacks. Each page is stored before the next one is asked for, so that a fetch which was killed goes on
 * where it ended. A series that fails does not stop the others.
 *
 * @returns An outcome per series, in the order asked for.
 * @throws ExchangeError `EXCHANGE_UNREACHABLE` where none of the exchanges answered at all; StoreError; AbortedError
 */
export async function fetchMarketData(o: FetchMarketDataOptions): Promise<FetchOutcome[]> {
  const stop = new AbortController()
  const signal = o.signal ? AbortSignal.any([o.signal, stop.signal]) : stop.signal
  // every request that waits listens to it
  setMaxListeners(0, signal)
  const sessions = new Sessions(o, signal)
  const progress = new ProgressSum(o.onProgress ?? (() => {}), o.now ?? Date.now)
  const work = o.series.map(key => ({
    key,
    progress: progress.add(key),
    notes: [] as string[],
    range: null as TimeRange | null,
    rowsFetched: 0,
    wasComplete: false,
    error: null as EdgeQuantError | null,
  }))

  const fetchOne = async (one: (typeof work)[number]): Promise<void> => {
    try {
      checkSymbol(one.key)
      const session = await sessions.of(one.key.exchange, isPerpetual(one.key.symbol) ? 'swap' : 'spot')
      one.range = rangeOf(o.period, session.nowMs())
      one.wasComplete = await fetchSeries(session, one.key, one.range, {
        store: o.store,
        progress: one.progress,
        snapshots: o.snapshots ?? ONE_SNAPSHOT,
        note: text => one.notes.push(text),
        onStored: rows => {
          one.rowsFetched += rows
        },
        signal,
      })
    } catch (error) {
      if (!concernsOne(error)) throw error
      one.error = error
    }
  }
  const groups = inGroups(work, o.concurrency ?? CONCURRENCY).map(({ members, atOnce }) =>
    runBounded(members, atOnce, fetchOne).catch((error: unknown) => {
      stop.abort()
      throw error
    }),
  )
  const ended = await Promise.allSettled(groups)
  if (o.signal?.aborted) throw new AbortedError('Fetching')
  const failure = ended.flatMap(group => (group.status === 'rejected' ? [group.reason] : [])).find(e => !isAbort(e))
  if (failure !== undefined) throw failure
  if (work.length > 0 && work.every(one => sessions.unreached.has(one.error))) throw work[0].error

  const stored = await summaries(o.store)
  return work.map(({ progress: _, ...one }) => ({ ...one, stored: stored.get(nameOf(one.key)) ?? null }))
}

/** Series of an exchange share its limit; order books are taken at their times, and wait in between. */
function inGroups<T extends { readonly key: SeriesKey }>(
  work: readonly T[],
  concurrency: number,
): { members: T[]; atOnce: number }[] {
  const books = work.filter(({ key }) => key.kind === 'book')
  const others = work.filter(({ key }) => key.kind !== 'book')
  const exchanges = [...new Set(others.map(({ key }) => key.exchange))]
  return [
    { members: books, atOnce: books.length },
    ...exchanges.map(name => ({ members: others.filter(({ key }) => key.exchange === name), atOnce: concurrency })),
  ]
}

function rangeOf(period: TimeRange | NewestCandles, nowMs: number): TimeRange {
  if ('fromMs' in period) return { fromMs: period.fromMs, toMs: Math.min(period.toMs, nowMs) }
  const stepMs = timeframeMs(period.timeframe)
  // there are no times before the first one
  return { fromMs: Math.max(0, (Math.floor(nowMs / stepMs) - period.candles) * stepMs), toMs: nowMs }
}

const isAbort = (error: unknown): boolean => error instanceof AbortedError

/** What is wrong with the store, or with the program, would be wrong with the next series too. */
const concernsOne = (error: unknown): error is EdgeQuantError =>
  error instanceof EdgeQuantError &&
  !isAbort(error) &&
  (!(error instanceof StoreError) || error.code === 'CORRUPT_PART')

const nameOf = ({ exchange, symbol, kind, timeframe }: SeriesKey): string =>
  [exchange, kind, timeframe, symbol].join(' ')

const summaries = async (store: MarketStore): Promise<Map<string, SeriesSummary>> =>
  new Map((await store.list()).map(summary => [nameOf(summary.key), summary]))
