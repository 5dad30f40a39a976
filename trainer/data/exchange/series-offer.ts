import { ExchangeError } from '../../../sdk/errors.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import type { DataKind } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { bookPages } from './book.ts'
import { candlePages } from './candles.ts'
import { fundingPages } from './funding.ts'
import { liquidationPages } from './liquidations.ts'
import { openInterestPages } from './open-interest.ts'
import type { SeriesPages } from './series-pages.ts'
import { tradePages } from './trades.ts'

interface KindOffer {
  /** What of ccxt's unified API gives it. */
  readonly method: string
  readonly pages: SeriesPages
  /** Whether spot markets have none of it. */
  readonly perpetualsOnly: boolean
}

const OFFERS: Readonly<Record<DataKind, KindOffer>> = {
  candle: { method: 'fetchOHLCV', pages: candlePages, perpetualsOnly: false },
  funding: { method: 'fetchFundingRateHistory', pages: fundingPages, perpetualsOnly: true },
  openInterest: { method: 'fetchOpenInterestHistory', pages: openInterestPages, perpetualsOnly: true },
  book: { method: 'fetchOrderBook', pages: bookPages, perpetualsOnly: false },
  trade: { method: 'fetchTrades', pages: tradePages, perpetualsOnly: false },
  liquidation: { method: 'fetchLiquidations', pages: liquidationPages, perpetualsOnly: true },
}

/** ccxt's spelling: perpetuals name the currency that they are settled in. */
export const isPerpetual = (symbol: string): boolean => symbol.includes(':')

/** @throws ExchangeError `NOT_OFFERED`: a spot market of what only perpetuals have */
export function checkSymbol({ exchange, symbol, kind }: SeriesKey): void {
  if (!OFFERS[kind].perpetualsOnly || isPerpetual(symbol)) return
  const perpetual = `${symbol}:${symbol.split('/')[1]}`
  throw new ExchangeError(
    'NOT_OFFERED',
    `${symbol} is a spot market: only perpetuals have ${kind}. Ask for the perpetual, ${perpetual}.`,
    { exchange, symbol, kind, perpetual },
  )
}

/**
 * How the pages of a series are asked for.
 * @throws ExchangeError `UNKNOWN_SYMBOL`, `NOT_OFFERED`
 */
export function offeredPages(session: ExchangeSession, { exchange, symbol, kind }: SeriesKey): SeriesPages {
  const { method, pages } = OFFERS[kind]
  const market = session.market(symbol)
  if (market.swap && market.settle === market.base) {
    throw new ExchangeError(
      'NOT_OFFERED',
      `${symbol} is settled in ${market.settle}: its quantities are worth so much ${market.quote}, not so much ${market.base}, and the store has ${market.base}. Ask for a perpetual that is settled in its quote currency, such as ${market.base}/USDT:USDT.`,
      { exchange, symbol, kind },
    )
  }
  // liquidations: its file says who offers what is stored of them
  if (kind === 'liquidation' || session.has(method)) return pages
  throw new ExchangeError('NOT_OFFERED', `${exchange} does not offer ${kind} of ${symbol} (ccxt's ${method}).`, {
    exchange,
    symbol,
    kind,
  })
}
