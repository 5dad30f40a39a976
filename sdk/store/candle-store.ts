import type { Candle } from '../candle/candle.ts'
import { subtractRanges, type TimeRange, unionRanges } from '../candle/time-ranges.ts'
import { type Timeframe, timeframeMs } from '../units.ts'
import { withDatabase } from './database.ts'

/** One series of one source. */
export type CandleSeriesKey = readonly [source: string, symbol: string, timeframe: Timeframe]

export interface StoredSeries {
  /** The opening times whose candles are kept for good; sorted and disjoint. */
  readonly complete: readonly TimeRange[]
}

/** Candles of one stretch of time, by column: a record per candle would take seconds to read. */
export interface CandleBlock {
  readonly openTimeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** What is kept of a stretch of time. */
export interface StoredSegment {
  readonly range: TimeRange
  /** Whether the range is kept for good, or has to be asked for. */
  readonly isComplete: boolean
  /** Oldest first. Where the range is not complete, those that were kept although they could still change. */
  readonly candles: readonly Candle[]
}

/** Fits a page of an exchange: writing one touches two or three blocks. */
const BLOCK_CANDLES = 1_000

/**
 * The first stretch of `range` that is either wholly kept for good or wholly not, with what is kept of it.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function readStoredSegment(key: CandleSeriesKey, range: TimeRange): Promise<StoredSegment> {
  return withDatabase('read', async database => {
    // One transaction: what another tab writes or forgets meanwhile cannot come between the ranges and their candles.
    const transaction = database.transaction(['candleSeries', 'candleBlocks'])
    const series = await transaction.objectStore('candleSeries').get([...key])
    const segment = firstSegment(range, series?.complete ?? [])
    if (series === undefined) return { ...segment, candles: [] }
    const blocks = await transaction.objectStore('candleBlocks').getAll(blocksWithin(key, segment.range))
    return { ...segment, candles: blocks.flatMap(toCandles).filter(candle => isWithin(candle, segment.range)) }
  })
}

function firstSegment(range: TimeRange, complete: readonly TimeRange[]): Omit<StoredSegment, 'candles'> {
  const missing = subtractRanges(range, complete).at(0)
  if (missing === undefined) return { range, isComplete: true }
  if (missing.fromMs === range.fromMs) return { range: missing, isComplete: false }
  return { range: { fromMs: range.fromMs, toMs: missing.fromMs }, isComplete: true }
}

/**
 * Adds candles, oldest first, and the opening times for which they are the last word: all or nothing. They replace kept candles of the
 * same times, and of all times that are complete now.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function storeCandles(
  key: CandleSeriesKey,
  candles: readonly Candle[],
  complete: TimeRange,
): Promise<void> {
  const written = hull(candles, complete)
  if (written === null) return
  await withDatabase('written', async database => {
    const transaction = database.transaction(['candleSeries', 'candleBlocks'], 'readwrite')
    const series = transaction.objectStore('candleSeries')
    const blocks = transaction.objectStore('candleBlocks')
    const work = async () => {
      const kept = await series.get([...key])
      const rowsOfBlocks = new Map<number, Map<number, Candle>>()
      const rowsOf = (fromMs: number) => {
        const rows = rowsOfBlocks.get(fromMs) ?? new Map<number, Candle>()
        rowsOfBlocks.set(fromMs, rows)
        return rows
      }
      for (const block of await blocks.getAll(blocksWithin(key, written))) {
        const rows = rowsOf(blockStart(key, block.openTimeMs[0]))
        for (const candle of toCandles(block)) if (!isWithin(candle, complete)) rows.set(candle.openTimeMs, candle)
      }
      for (const candle of candles) rowsOf(blockStart(key, candle.openTimeMs)).set(candle.openTimeMs, candle)
      for (const [fromMs, rows] of rowsOfBlocks) {
        if (rows.size === 0) await blocks.delete([...key, fromMs])
        else await blocks.put(toBlock([...rows.values()]), [...key, fromMs])
      }
      await series.put({ complete: unionRanges([...(kept?.complete ?? []), complete]) }, [...key])
    }
    await Promise.all([work().catch(cause => abandon(transaction, cause)), transaction.done])
  })
}

/** What was written before a failure must not be committed without the rest. */
function abandon(transaction: { abort(): void }, cause: unknown): never {
  try {
    transaction.abort()
  } catch {
    // A failure of IndexedDB itself, such as a full disk, has ended it.
  }
  throw cause
}

/**
 * Forgets the candles of a source, or of all.
 * @throws ServiceError `CACHE_FAILED`
 */
export async function clearStoredCandles(source?: string): Promise<void> {
  await withDatabase('written', async database => {
    const transaction = database.transaction(['candleSeries', 'candleBlocks'], 'readwrite')
    // Of array keys that begin alike, one that goes on with an array comes after those that go on with a string.
    const keys = source === undefined ? undefined : IDBKeyRange.bound([source], [source, []])
    const forget = async (name: 'candleSeries' | 'candleBlocks') => {
      const store = transaction.objectStore(name)
      await (keys === undefined ? store.clear() : store.delete(keys))
    }
    await Promise.all([forget('candleSeries'), forget('candleBlocks'), transaction.done])
  })
}

const isWithin = ({ openTimeMs }: Candle, { fromMs, toMs }: TimeRange): boolean =>
  openTimeMs >= fromMs && openTimeMs < toMs

function blockStart([, , timeframe]: CandleSeriesKey, openTimeMs: number): number {
  const blockMs = BLOCK_CANDLES * timeframeMs(timeframe)
  return Math.floor(openTimeMs / blockMs) * blockMs
}

const blocksWithin = (key: CandleSeriesKey, { fromMs, toMs }: TimeRange): IDBKeyRange =>
  IDBKeyRange.bound([...key, blockStart(key, fromMs)], [...key, toMs], false, true)

/** From the first to the last time that a page says something about; null where it says nothing. */
function hull(candles: readonly Candle[], complete: TimeRange): TimeRange | null {
  const times = [candles.at(0), candles.at(-1)].flatMap(candle => (candle === undefined ? [] : [candle.openTimeMs]))
  const ranges = unionRanges([...times.map(fromMs => ({ fromMs, toMs: fromMs + 1 })), complete])
  return ranges.length === 0 ? null : { fromMs: ranges[0].fromMs, toMs: ranges[ranges.length - 1].toMs }
}

const toCandles = (block: CandleBlock): Candle[] =>
  Array.from(block.openTimeMs, (openTimeMs, i) => ({
    openTimeMs,
    open: block.open[i],
    high: block.high[i],
    low: block.low[i],
    close: block.close[i],
    volume: block.volume[i],
  }))

function toBlock(candles: readonly Candle[]): CandleBlock {
  const sorted = [...candles].sort((a, b) => a.openTimeMs - b.openTimeMs)
  const column = (name: keyof Candle) => Float64Array.from(sorted, candle => candle[name])
  return {
    openTimeMs: column('openTimeMs'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}
