import type { CcxtClient, CcxtLiquidation, CcxtMarket } from '../../../sdk/source/exchange/ccxt-client.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../sdk/units.ts'
import { toBaseQuantity } from './contract-size.ts'
import type { RowsAnswer } from './pages-by-time.ts'
import { type Row, rowKey } from './rows.ts'

/** How one exchange is asked for liquidations: ccxt does not even out what differs between them. */
interface LiquidationOffer {
  readonly windowMs: number
  readonly request: (client: CcxtClient, market: CcxtMarket, sinceMs: number, untilMs: number) => Promise<RowsAnswer>
}

const GATE_ROWS = 1000

/** Its own record. */
interface GateOrder {
  /** Contracts of the position; negative for a short one. */
  readonly size: unknown
  /** Contracts of the order, in newer records. */
  readonly order_size?: unknown
  /** Contracts that were not filled. */
  readonly left: unknown
}

/**
 * Gate takes seconds, where ccxt sends milliseconds, and an hour at most. It tells the size of the position, of which a long
 * one is sold, where ccxt takes the position's side, and adds what was left to a short one. An order has no id, and those of
 * one second may be alike.
 * @see https://www.gate.io/docs/developers/apiv4/ "Retrieve liquidation history"
 */
const gate: LiquidationOffer = {
  windowMs: HOUR_MS,
  request: async (client, market, sinceMs, untilMs) => {
    const period = { from: Math.floor(sinceMs / SECOND_MS), to: Math.floor(untilMs / SECOND_MS) }
    const orders = await client.fetchLiquidations(market.symbol, sinceMs, GATE_ROWS, period)
    const filled = orders.map(order => gateRow(market, order)).filter(({ quantity }) => quantity !== 0)
    return { rows: numberAlike(filled), full: orders.length >= GATE_ROWS }
  },
}

/** Rows that are alike get ids of their own: the second one ends in #2. All of one time come in one answer. */
function numberAlike(rows: readonly Row[]): Row[] {
  const counts = new Map<string, number>()
  return rows.map(row => {
    const key = rowKey('liquidation', row)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > 1 ? { ...row, id: `${row.id} #${count}` } : row
  })
}

function gateRow(market: CcxtMarket, { timestamp, price, info }: CcxtLiquidation): Row {
  const { size, order_size: orderSize, left } = info as GateOrder
  const side = -Math.sign(Number(size))
  const quantity = toBaseQuantity(market, Math.abs(Number(orderSize ?? size)) - Math.abs(Number(left)))
  return {
    timeMs: timestamp ?? Number.NaN,
    id: `${side > 0 ? 'buy' : 'sell'} ${price} ${quantity}`,
    price: price ?? Number.NaN,
    quantity,
    side,
  }
}

const BITFINEX_ROWS = 500
/** Bitfinex allows three requests a minute: large windows, which are halved where they hold too much. */
const BITFINEX_WINDOW_MS = 7 * DAY_MS

/** Its own records; ccxt writes numbers as text. */
interface BitfinexClient {
  publicGetLiquidationsHist(query: object): Promise<readonly (readonly (readonly unknown[])[])[]>
}

/**
 * Bitfinex gives the liquidations of all its markets at once. Whether its answer is full shows in its own records only, and
 * ccxt takes for the side whether the order was executed; so they are read here. The amount is the position's, of which a
 * long one (> 0) is sold.
 * @see https://docs.bitfinex.com/reference/rest-public-liquidations
 */
const bitfinex: LiquidationOffer = {
  windowMs: BITFINEX_WINDOW_MS,
  request: async (client, market, sinceMs, untilMs) => {
    const asked = { start: sinceMs, end: untilMs, limit: BITFINEX_ROWS }
    const answer = await (client as CcxtClient & BitfinexClient).publicGetLiquidationsHist(asked)
    const rows = answer.flatMap(([record]) => bitfinexRows(market, record))
    return { rows, full: answer.length >= BITFINEX_ROWS }
  },
}

/** An order that was executed; what triggered it has a record of its own. */
function bitfinexRows(market: CcxtMarket, record: readonly unknown[]): Row[] {
  const [, id, timeMs, , marketId, amount, , , isExecuted, , , price] = record
  if (marketId !== market.id || Number(isExecuted) !== 1) return []
  return [
    {
      timeMs: Number(timeMs),
      id: String(id),
      price: Number(price),
      quantity: toBaseQuantity(market, Math.abs(Number(amount))),
      side: -Math.sign(Number(amount)),
    },
  ]
}

/**
 * Of the exchanges whose liquidations ccxt asks for, Deribit tells no price, and the pages of HTX could not be tried out.
 */
export const LIQUIDATION_OFFERS: Readonly<Record<string, LiquidationOffer>> = { bitfinex, gate, gateeu: gate }
