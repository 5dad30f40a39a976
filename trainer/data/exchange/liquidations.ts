import { ExchangeError } from '../../../sdk/errors.ts'
import type { CcxtLiquidation, CcxtMarket } from '../../../sdk/source/exchange/ccxt-client.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../sdk/units.ts'
import { list } from '../../report/format.ts'
import { toBaseQuantity } from './contract-size.ts'
import { pagesByTime } from './pages-by-time.ts'
import type { Row } from './rows.ts'
import type { SeriesPages } from './series-pages.ts'

/** What differs between exchanges in their liquidations, which ccxt does not even out. */
interface Offer {
  readonly limit: number
  readonly period: (sinceMs: number, untilMs: number) => Readonly<Record<string, number>>
  /** Of the forced order, where `side` is what ccxt says. */
  readonly forcedSide: (side: string | undefined) => number
}

const sign = (side: string | undefined): number => ({ buy: 1, sell: -1 })[side ?? ''] ?? Number.NaN

/**
 * Gate takes seconds, where ccxt would send milliseconds, and tells the size of the position, of which a long one is sold.
 * @see https://www.gate.io/docs/developers/apiv4/#retrieve-liquidation-history
 */
const gate: Offer = {
  limit: 1000,
  period: (sinceMs, untilMs) => ({ from: Math.floor(sinceMs / SECOND_MS), to: Math.floor(untilMs / SECOND_MS) }),
  forcedSide: side => -sign(side),
}

/** @see https://www.htx.com/en-us/opend/newApiPages/ "Query Liquidation Orders" */
const htx: Offer = {
  limit: 50,
  period: (_, untilMs) => ({ until: untilMs }),
  forcedSide: sign,
}

/**
 * Of the five exchanges whose liquidations ccxt asks for. Deribit tells no price, and Bitfinex the liquidations of all its
 * markets at once, of which an hour may have more than it gives.
 */
const OFFERS: Readonly<Record<string, Offer>> = { gate, gateeu: gate, htx }

/** Gate gives an hour at most. */
const WINDOW_MS = HOUR_MS
const PUBLISHED_WITHIN_MS = 5 * MINUTE_MS

/** Forced orders. @throws ExchangeError `NOT_OFFERED` */
export const liquidationPages: SeriesPages = (session, key, range, o) => {
  const offer = OFFERS[key.exchange]
  if (offer === undefined) throw notOffered(key.exchange, key.symbol)
  const market = session.market(key.symbol)
  return pagesByTime(session, {
    key,
    range,
    limit: offer.limit,
    windowMs: WINDOW_MS,
    request: async (sinceMs, untilMs) => {
      const period = offer.period(sinceMs, untilMs)
      const orders = await session.client.fetchLiquidations(key.symbol, sinceMs, offer.limit, period)
      return orders.map(order => toRow(market, order, offer))
    },
    // forced orders come when they come: nothing tells whether one is missing
    isWhole: () => false,
    finalMs: () => session.nowMs() - PUBLISHED_WITHIN_MS,
    signal: o.signal,
  })
}

function toRow(market: CcxtMarket, order: CcxtLiquidation, { forcedSide }: Offer): Row {
  const { timestamp, price, contracts, baseValue } = order
  const side = forcedSide(order.side)
  const quantity = contracts === undefined ? (baseValue ?? Number.NaN) : toBaseQuantity(market, contracts)
  const id = (order.info as { id?: unknown } | null)?.id
  return {
    timeMs: timestamp ?? Number.NaN,
    id: id === undefined ? `${side > 0 ? 'buy' : 'sell'} ${price} ${quantity}` : String(id),
    price: price ?? Number.NaN,
    quantity,
    side,
  }
}

const notOffered = (exchange: string, symbol: string): ExchangeError =>
  new ExchangeError(
    'NOT_OFFERED',
    `${exchange} does not give the liquidations of ${symbol}, or gives them without what is stored of them. Of the exchanges of ccxt, ${list(Object.keys(OFFERS))} do.`,
    { exchange, symbol, offeredBy: Object.keys(OFFERS) },
  )
