import type { TimeRange } from '../candle/time-ranges.ts'
import { AbortedError, type ServiceError, throwIfAborted } from '../errors.ts'
import { inTurn } from '../store/candle-lock.ts'
import { clearStoredCandles, type StoredSegment } from '../store/candle-store.ts'
import { timeframeMs } from '../units.ts'
import { AskedPages, SourceThrew, type Step } from './cached-asked-pages.ts'
import { CachedSeries } from './cached-series.ts'
import type { CandlePage, CandleRequest, CandleSource } from './candle-source.ts'

/** A source that failed, and what of the request can therefore not be vouched for. */
export interface SourceFailure {
  /** What the source threw. */
  readonly error: unknown
  /** Opening times that the source had to be asked for; sorted and disjoint. What is kept of them could still change. */
  readonly missing: readonly TimeRange[]
}

export interface CachedCandleSourceOptions {
  /**
   * Told when IndexedDB cannot be read, or keeps nothing: blocked, in a private window, full. The candles still come, from
   * the source, and will be asked for again. At most once for reading and once for keeping per request; what it throws
   * ends the request.
   */
  readonly onCacheProblem?: (problem: ServiceError) => void
  /**
   * Without it, a source that fails ends the request with its error: never are fewer candles given than were asked for.
   * With it, this is called in place of the error, and then what is kept of the rest is given. Throw from it to fail
   * nevertheless.
   */
  readonly whenSourceFails?: (failure: SourceFailure) => void
}

/**
 * A source that keeps candles in IndexedDB and asks another one only for what it lacks. What is complete is never asked
 * for again, not even when the source cannot be reached; candles that could still change are.
 *
 * Two tabs that want the same series take turns, page by page, where the browser has Web Locks: each page is asked for
 * once. The name of the source is part of the key: two sources of one name share what they keep.
 *
 * @example
 * const source = cachedCandleSource(exchangeCandleSource({ exchange: 'binance' }), {
 *   onCacheProblem: problem => console.warn(problem.message),
 *   whenSourceFails: ({ missing }) => showBanner(`Offline: ${missing.length} stretches may be missing.`),
 * })
 * const candles = await loadCandles(source, {
 *   symbol: 'BTC/USDT',
 *   timeframe: '1h',
 *   fromMs: Date.UTC(2024, 0, 1),
 *   toMs: Date.now(),
 * })
 *
 * @throws From `pages`: what the source throws; AbortedError
 */
export function cachedCandleSource(source: CandleSource, options: CachedCandleSourceOptions = {}): CandleSource {
  return {
    name: source.name,
    pages: (request, { signal } = {}) => pagesThroughCache(source, request, options, signal),
  }
}

/**
 * Forgets the cached candles of a source, by its name, or of all.
 * @throws ServiceError `CACHE_FAILED`
 */
export const clearCachedCandles: (source?: string) => Promise<void> = clearStoredCandles

async function* pagesThroughCache(
  source: CandleSource,
  request: CandleRequest,
  options: CachedCandleSourceOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<CandlePage> {
  const key = [source.name, request.symbol, request.timeframe] as const
  const cache = new CachedSeries(key, options.onCacheProblem)
  const asked = new AskedPages(source, request, signal)
  // Candles open at multiples of the timeframe: a source says nothing about the time before the first of them.
  const stepMs = timeframeMs(request.timeframe)
  let positionMs = Math.ceil(request.fromMs / stepMs) * stepMs
  const endMs = Math.ceil(request.toMs / stepMs) * stepMs
  const rest = (): TimeRange => ({ fromMs: positionMs, toMs: endMs })

  const keptStep = async (): Promise<Step | TimeRange> => {
    const segment = await cache.read(rest())
    if (!segment.isComplete) return segment.range
    await asked.end()
    return { page: toPage(segment), endMs: segment.range.toMs }
  }
  const nextStep = async (): Promise<Step> => {
    // Another tab may have asked for it while this one waited for its turn.
    const kept = await keptStep()
    if ('page' in kept) return kept
    const step = await asked.next(kept)
    if (step.page !== null) await cache.store(step.page)
    return step
  }

  try {
    while (positionMs < endMs) {
      throwIfAborted(signal, `Loading candles of ${key.join(' ')}`)
      const kept = await keptStep()
      const step = 'page' in kept ? kept : await inTurn(key, signal, nextStep)
      if (step.page !== null) yield step.page
      positionMs = Math.max(positionMs, step.endMs)
    }
  } catch (error) {
    if (!(error instanceof SourceThrew)) throw error
    if (options.whenSourceFails === undefined || error.cause instanceof AbortedError) throw error.cause
    const segments: StoredSegment[] = []
    while (positionMs < endMs) {
      const segment = await cache.read(rest())
      segments.push(segment)
      positionMs = segment.range.toMs
    }
    const missing = segments.filter(({ isComplete }) => !isComplete).map(({ range }) => range)
    options.whenSourceFails({ error: error.cause, missing })
    yield* segments.map(toPage)
  } finally {
    await asked.end()
  }
}

const toPage = ({ range, isComplete, candles }: StoredSegment): CandlePage => ({
  candles,
  complete: isComplete ? range : { fromMs: range.fromMs, toMs: range.fromMs },
})
