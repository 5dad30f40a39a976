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
    windowMs: limit * USUAL_INTERVAL_MS,
    request: (sinceMs, untilMs) => fundingRates(session, key.symbol, sinceMs, untilMs, limit),
    isWhole: (timesMs, { fromMs, toMs }) => isRegular([fromMs, ...timesMs, toMs]),
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

/** Whether no payment can be missing: the steps between neighbours are alike, and those to the ends no longer. */
function isRegular(timesMs: readonly number[]): boolean {
  const stepsMs = timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i])
  const between = stepsMs.slice(1, -1)
  const usualMs = Math.min(...between)
  return (
    between.length > 0 &&
    between.every(stepMs => stepMs <= usualMs + JITTER_MS) &&
    stepsMs[0] <= usualMs + JITTER_MS &&
    stepsMs[stepsMs.length - 1] <= usualMs + JITTER_MS
  )
}
