import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import type { InputSourceName, MacroSeries } from '../../../sdk/feature/input/input-source.ts'
import type { InputEvents } from '../../../sdk/feature/input/source-follower.ts'
import { type Timeframe, timeframeMs } from '../../../sdk/units.ts'
import type { DataKind } from '../kind.ts'
import type { MarketStore, SeriesKey } from '../market-store.ts'

/** What of the store inputs are made of. */
export type StoredSource = Exclude<InputSourceName, MacroSeries>

const KIND_OF: Readonly<Record<StoredSource, DataKind>> = {
  book: 'book',
  funding: 'funding',
  openInterest: 'openInterest',
  liquidation: 'liquidation',
  spot: 'candle',
  perpetual: 'candle',
}

/**
 * The market whose events go with a symbol's candles: with those of the spot market `BTC/USDT`, the funding of the
 * perpetual `BTC/USDT:USDT`, and the other way round.
 */
function symbolOfSource(source: StoredSource, symbol: string): string {
  const spot = symbol.replace(/:.*/, '')
  if (source === 'book') return symbol
  return source === 'spot' ? spot : `${spot}:${spot.split('/')[1]}`
}

export interface StoredSeriesQuery {
  readonly exchange: string
  readonly source: StoredSource
  readonly symbol: string
  readonly timeframe: Timeframe
}

/** What is looked for, for messages and the command that fetches it. */
export const describeQuery = ({ exchange, source, symbol }: StoredSeriesQuery) => ({
  exchange,
  kind: KIND_OF[source],
  symbol: symbolOfSource(source, symbol),
})

/** The stored series that a symbol's inputs are made of; null where there is none. */
export async function findStoredSeries(store: MarketStore, query: StoredSeriesQuery): Promise<SeriesKey | null> {
  const wanted = describeQuery(query)
  const keys = (await store.list())
    .filter(({ key, rows }) => rows > 0 && key.exchange === wanted.exchange)
    .map(({ key }) => key)
    .filter(({ kind, symbol }) => kind === wanted.kind && symbol === wanted.symbol)
  const lengthOf = ({ timeframe }: SeriesKey): number => (timeframe === null ? 0 : timeframeMs(timeframe))
  if (wanted.kind === 'candle') return keys.find(({ timeframe }) => timeframe === query.timeframe) ?? null
  // samples of open interest as often as candles, else more often, else as often as there are
  const byLength = keys.sort((a, b) => lengthOf(a) - lengthOf(b))
  return byLength.findLast(key => lengthOf(key) <= timeframeMs(query.timeframe)) ?? byLength.at(0) ?? null
}

/** Events of a stored series, with the times for which they are all that there were. */
export async function readStoredEvents(store: MarketStore, key: SeriesKey, range: TimeRange): Promise<InputEvents> {
  const { length, columns } = await store.read(key, { range })
  return { length, columns, covered: await store.complete(key) }
}
