import type { CcxtMarket, CcxtOpenInterest } from '../../../sdk/source/exchange/ccxt-client.ts'
import { DAY_MS, formatTimeMs, HOUR_MS, MINUTE_MS, timeframeMs } from '../../../sdk/units.ts'
import { toBaseQuantity } from './contract-size.ts'
import { pagesByTime } from './pages-by-time.ts'
import type { Row } from './rows.ts'
import type { SeriesPages } from './series-pages.ts'

/** Most rows of one answer; exchanges that are not listed give at least so many as `OTHERS_PAGE_ROWS`. */
const PAGE_ROWS: Readonly<Record<string, number>> = { binance: 500, binanceusdm: 500, bybit: 200, gate: 100 }
const OTHERS_PAGE_ROWS = 50
/** Binance refuses to look further back than 30 days; an hour less leaves time for the requests themselves. */
const REACHES_BACK_MS: Readonly<Record<string, number>> = {
  binance: 30 * DAY_MS - HOUR_MS,
  binanceusdm: 30 * DAY_MS - HOUR_MS,
}
/** Samples are taken at full steps and published some minutes later. */
const PUBLISHED_WITHIN_MS = 15 * MINUTE_MS

/** Open interest, sampled. */
export const openInterestPages: SeriesPages = (session, key, range, o) => {
  const timeframe = key.timeframe!
  const stepMs = timeframeMs(timeframe)
  const market = session.market(key.symbol)
  const reachMs = session.nowMs() - (REACHES_BACK_MS[key.exchange] ?? Number.POSITIVE_INFINITY)
  const earliestMs = Math.ceil(reachMs / stepMs) * stepMs
  if (range.fromMs < earliestMs) {
    o.note(`${key.exchange} keeps 30 days of it: nothing to be had before ${formatTimeMs(earliestMs)}`)
  }
  const limit = PAGE_ROWS[key.exchange] ?? OTHERS_PAGE_ROWS
  return pagesByTime(session, {
    key,
    range: { fromMs: Math.max(range.fromMs, earliestMs), toMs: range.toMs },
    windowMs: (limit - 1) * stepMs,
    request: async (sinceMs, untilMs) => {
      const { client } = session
      const samples = await client.fetchOpenInterestHistory(key.symbol, timeframe, sinceMs, limit, { until: untilMs })
      return { rows: samples.map(sample => toRow(market, sample)), full: samples.length >= limit }
    },
    isWhole: (timesMs, { fromMs, toMs }) => timesMs.length >= Math.ceil(toMs / stepMs) - Math.ceil(fromMs / stepMs),
    finalMs: newestMs => Math.max(newestMs + 1, session.nowMs() - stepMs - PUBLISHED_WITHIN_MS),
    signal: o.signal,
  })
}

const toRow = (market: CcxtMarket, { timestamp, openInterestAmount, openInterestValue }: CcxtOpenInterest): Row => ({
  timeMs: timestamp ?? Number.NaN,
  base: openInterestAmount === undefined ? Number.NaN : toBaseQuantity(market, openInterestAmount),
  quote: openInterestValue ?? Number.NaN,
})
