import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import type { CcxtMarket, CcxtTrade } from '../../../sdk/source/exchange/ccxt-client.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import { formatTimeMs, HOUR_MS, MINUTE_MS } from '../../../sdk/units.ts'
import type { SeriesKey } from '../market-store.ts'
import { agreedRows } from './agreed-rows.ts'
import { toBaseQuantity } from './contract-size.ts'
import { type Row, rowsToTable, rowTimeMs } from './rows.ts'
import type { SeriesPage, SeriesPages, SeriesPagesOptions } from './series-pages.ts'

/** Exchanges that number the trades of a market without a hole and give them from a number on. */
const PAGED_BY_ID = ['binance', 'binanceus', 'binanceusdm']
const PAGE_ROWS = 1000
/** Binance looks for the first trade in an hour at most. */
const SEARCH_MS = HOUR_MS
const PUBLISHED_WITHIN_MS = MINUTE_MS
/** Most trades that other exchanges give; those that are not listed, as many as they like. */
const NEWEST_ROWS: Readonly<Record<string, { readonly spot: number; readonly swap: number }>> = {
  bybit: { spot: 60, swap: 1000 },
  gate: { spot: 1000, swap: 1000 },
  okx: { spot: 500, swap: 500 },
}

/** Trades: of any time where the exchange numbers them, else the newest that it gives. */
export const tradePages: SeriesPages = (session, key, range, o) =>
  PAGED_BY_ID.includes(key.exchange) ? tradesById(session, key, range, o) : newestTrades(session, key, range, o)

/**
 * The first trade is looked for by time; from there on their numbers say which comes next, so that none can be missing. A
 * short answer proves nothing, for it may have been cut: there are no more trades where none is found after the newest one.
 */
async function* tradesById(
  session: ExchangeSession,
  key: SeriesKey,
  range: TimeRange,
  { signal }: SeriesPagesOptions,
): AsyncGenerator<SeriesPage> {
  let { fromMs } = range
  let nextId: number | undefined
  while (fromMs < range.toMs) {
    if (nextId === undefined) {
      const hour = { fromMs, toMs: Math.min(fromMs + SEARCH_MS, range.toMs) }
      nextId = await firstId(session, key, hour, signal)
      if (nextId !== undefined) continue
      yield page(session, [], hour)
      fromMs = hour.toMs
      continue
    }
    const rows = await tradesFrom(session, key, nextId, range.toMs, signal)
    const newest = rows.at(-1)
    // the next page may begin within the same millisecond
    const doneMs = newest ? Math.min(rowTimeMs('trade', newest), range.toMs) : range.toMs
    yield page(session, within(rows, range), { fromMs, toMs: doneMs })
    if (newest) nextId = Number(newest.id) + 1
    fromMs = doneMs
  }
}

function page(session: ExchangeSession, rows: readonly Row[], { fromMs, toMs }: TimeRange): SeriesPage {
  const finalMs = Math.min(toMs, session.nowMs() - PUBLISHED_WITHIN_MS)
  return {
    table: rowsToTable('trade', rows),
    complete: fromMs < finalMs ? { fromMs, toMs: finalMs } : null,
    doneMs: toMs,
  }
}

async function firstId(
  session: ExchangeSession,
  key: SeriesKey,
  { fromMs, toMs }: TimeRange,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const request = { since: fromMs, limit: PAGE_ROWS, params: { until: toMs - 1 } }
  const rows = await askTrades(session, key, { ...request, isWhole: () => false, signal })
  const ids = within(rows, { fromMs, toMs }).map(row => Number(row.id))
  return ids.length > 0 ? ids.reduce((a, b) => Math.min(a, b)) : undefined
}

/** By number: all up to `toMs` and a few after it, or as many as the exchange gives at once. */
async function tradesFrom(
  session: ExchangeSession,
  key: SeriesKey,
  fromId: number,
  toMs: number,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const from = (rows: readonly Row[]): Row[] =>
    rows.filter(row => Number(row.id) >= fromId).sort((a, b) => Number(a.id) - Number(b.id))
  const isWhole = (found: readonly Row[]): boolean => {
    const rows = from(found)
    const isFull = rows.length >= PAGE_ROWS || rows.some(row => rowTimeMs('trade', row) >= toMs)
    return isFull && rows.every((row, i) => Number(row.id) === fromId + i)
  }
  return from(await askTrades(session, key, { limit: PAGE_ROWS, params: { fromId }, isWhole, signal }))
}

const within = (rows: readonly Row[], { fromMs, toMs }: TimeRange): Row[] =>
  rows.filter(row => rowTimeMs('trade', row) >= fromMs && rowTimeMs('trade', row) < toMs)

/** The newest trades; what came before them is not to be had. */
async function* newestTrades(
  session: ExchangeSession,
  key: SeriesKey,
  range: TimeRange,
  { signal, note }: SeriesPagesOptions,
): AsyncGenerator<SeriesPage> {
  const market = session.market(key.symbol)
  const limit = NEWEST_ROWS[key.exchange]?.[market.swap ? 'swap' : 'spot']
  const rows = await askTrades(session, key, { limit, isWhole: () => false, signal })
  if (rows.length === 0) return
  const timesMs = rows.map(row => rowTimeMs('trade', row))
  const [oldestMs, newestMs] = [timesMs[0], timesMs[timesMs.length - 1]]
  if (range.fromMs < oldestMs) note(`${key.exchange} gives its newest trades only: from ${formatTimeMs(oldestMs)} on`)
  // of the first and the last millisecond there may be more
  const complete = { fromMs: Math.max(oldestMs + 1, range.fromMs), toMs: Math.min(newestMs, range.toMs) }
  yield {
    table: rowsToTable('trade', within(rows, range)),
    complete: complete.fromMs < complete.toMs ? complete : null,
    doneMs: range.toMs,
  }
}

interface Asked {
  readonly since?: number
  /** Undefined: as many as the exchange likes; some refuse to be asked for more than they give. */
  readonly limit: number | undefined
  readonly params?: Readonly<Record<string, number>>
  readonly isWhole: (rows: readonly Row[]) => boolean
  readonly signal: AbortSignal | undefined
}

async function askTrades(session: ExchangeSession, key: SeriesKey, o: Asked): Promise<Row[]> {
  const market = session.market(key.symbol)
  // trades go on while answers are compared; the first answer cannot say up to when, for it may have been cut
  const nowMs = session.nowMs()
  return await agreedRows(session, {
    key,
    request: async () => {
      const trades = await session.client.fetchTrades(key.symbol, o.since, o.limit, { ...o.params })
      return trades.map(trade => toRow(market, trade)).filter(row => !(rowTimeMs('trade', row) > nowMs))
    },
    isWhole: o.isWhole,
    signal: o.signal,
  })
}

const toRow = (market: CcxtMarket, { timestamp, id, price, amount, side }: CcxtTrade): Row => ({
  timeMs: timestamp ?? Number.NaN,
  id: id ?? '',
  price: price ?? Number.NaN,
  quantity: toBaseQuantity(market, amount ?? Number.NaN),
  side: { buy: 1, sell: -1 }[side ?? ''] ?? 0,
})
