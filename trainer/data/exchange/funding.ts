import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import type { CcxtFundingRate } from '../../../sdk/source/exchange/ccxt-client.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../sdk/units.ts'
import { pagesByTime, type RowsAnswer } from './pages-by-time.ts'
import type { Row } from './rows.ts'
import type { SeriesPages } from './series-pages.ts'

/** Most rows of one answer; exchanges that are not listed give at least so many as `others`. */
const PAGE_ROWS: Readonly<Record<string, number>> = {
  binance: 1000,
  binanceusdm: 1000,
  bybit: 200,
  gate: 1000,
  okx: 100,
}
const OTHERS_PAGE_ROWS = 50
/** Most perpetuals pay every eight hours; those that pay more often have their pages halved. */
const USUAL_INTERVAL_MS = 8 * HOUR_MS
/** Rates are published as they are paid; a day later none is still to come. */
const PUBLISHED_WITHIN_MS = DAY_MS
/** In fewer rows than this the step between payments cannot be told from one between those that an answer left. */
const TELLING_ROWS = 8
/** Times of payment are some milliseconds late, by the exchange's own clock. */
const JITTER_MS = MINUTE_MS

const toRow = ({ timestamp, fundingRate }: CcxtFundingRate): Row => ({
  timeMs: timestamp ?? Number.NaN,
  rate: fundingRate ?? Number.NaN,
})

/** Funding rates, as paid. */
export const fundingPages: SeriesPages = (session, key, range, o) => {
  const limit = PAGE_ROWS[key.exchange] ?? OTHERS_PAGE_ROWS
  return pagesByTime(session, {
    key,
    range,
    // less than a step after the last row, so that a whole page is seen to be one
    windowMs: limit * USUAL_INTERVAL_MS - 2 * JITTER_MS,
    request: (sinceMs, untilMs) => fundingRates(session, key.symbol, sinceMs, untilMs, limit),
    isWhole: isRegular,
    finalMs: newestMs => Math.max(newestMs + 1, session.nowMs() - PUBLISHED_WITHIN_MS),
    signal: o.signal,
  })
}

async function fundingRates(
  session: ExchangeSession,
  symbol: string,
  sinceMs: number,
  untilMs: number,
  limit: number,
): Promise<RowsAnswer> {
  const rates = await session.client.fetchFundingRateHistory(symbol, sinceMs, limit, { until: untilMs })
  return { rows: rates.map(toRow), full: rates.length >= limit }
}

/** Whether no payment can be missing: many come at steps that are alike, and before and after them is no room for another. */
function isRegular(timesMs: readonly number[], { fromMs, toMs }: TimeRange): boolean {
  if (timesMs.length < TELLING_ROWS) return false
  const stepsMs = timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i])
  const usualMs = stepsMs.reduce((a, b) => Math.min(a, b))
  const endsMs = [timesMs[0] - fromMs, toMs - timesMs[timesMs.length - 1]]
  return stepsMs.every(ms => ms <= usualMs + JITTER_MS) && endsMs.every(ms => ms < usualMs - JITTER_MS)
}
