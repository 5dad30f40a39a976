import { ExchangeError } from '../../../sdk/errors.ts'
import { MINUTE_MS } from '../../../sdk/units.ts'
import { list } from '../../report/format.ts'
import { LIQUIDATION_OFFERS } from './liquidation-offers.ts'
import { pagesByTime } from './pages-by-time.ts'
import type { SeriesPages } from './series-pages.ts'

const PUBLISHED_WITHIN_MS = 5 * MINUTE_MS

/** Forced orders. @throws ExchangeError `NOT_OFFERED` */
export const liquidationPages: SeriesPages = (session, key, range, o) => {
  const offer = LIQUIDATION_OFFERS[key.exchange]
  if (offer === undefined) throw notOffered(key.exchange, key.symbol)
  const market = session.market(key.symbol)
  return pagesByTime(session, {
    key,
    range,
    windowMs: offer.windowMs,
    request: (sinceMs, untilMs) => offer.request(session.client, market, sinceMs, untilMs),
    // forced orders come when they come: nothing tells whether one is missing
    isWhole: () => false,
    finalMs: () => session.nowMs() - PUBLISHED_WITHIN_MS,
    signal: o.signal,
  })
}

function notOffered(exchange: string, symbol: string): ExchangeError {
  const offeredBy = Object.keys(LIQUIDATION_OFFERS)
  return new ExchangeError(
    'NOT_OFFERED',
    `${exchange} does not give the liquidations of ${symbol}, or not with what is stored of them; of the exchanges of ccxt, ${list(offeredBy)} do.`,
    { exchange, symbol, offeredBy },
  )
}
