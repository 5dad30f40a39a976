import { type Settlement, symbolOfPair } from '../symbol-name.ts'
import type { Facts } from './layout.ts'

interface Venue {
  /** ccxt's name. */
  readonly exchange: string
  readonly settlement: Settlement
  /** Which of its symbols these are. */
  readonly symbols?: RegExp
}

/**
 * Markets of Tardis.dev whose quantities are known to be base currency, or contracts of a known value. Others are left to
 * `--exchange` and `--symbol`: several exchanges count contracts whose size no file tells.
 * @see https://docs.tardis.dev/historical-data-details
 */
const VENUES: Readonly<Record<string, readonly Venue[]>> = {
  binance: [{ exchange: 'binance', settlement: 'spot' }],
  'binance-futures': [{ exchange: 'binance', settlement: 'linear', symbols: /^[A-Z0-9]+$/ }],
  'binance-delivery': [{ exchange: 'binance', settlement: 'inverse', symbols: /_PERP$/ }],
  'binance-us': [{ exchange: 'binanceus', settlement: 'spot' }],
  bitmex: [{ exchange: 'bitmex', settlement: 'inverse', symbols: /^XBTUSD$/ }],
  bitstamp: [{ exchange: 'bitstamp', settlement: 'spot' }],
  bybit: [
    { exchange: 'bybit', settlement: 'linear', symbols: /^[A-Z0-9]+USDT$/ },
    { exchange: 'bybit', settlement: 'inverse', symbols: /^[A-Z]+USD$/ },
  ],
  'bybit-spot': [{ exchange: 'bybit', settlement: 'spot' }],
  coinbase: [{ exchange: 'coinbase', settlement: 'spot' }],
  deribit: [
    { exchange: 'deribit', settlement: 'inverse', symbols: /^(?:BTC|ETH)-PERPETUAL$/ },
    { exchange: 'deribit', settlement: 'linear', symbols: /^[A-Z]+_USDC-PERPETUAL$/ },
  ],
  ftx: [
    { exchange: 'ftx', settlement: 'linear', symbols: /-PERP$/ },
    { exchange: 'ftx', settlement: 'spot', symbols: /\// },
  ],
  huobi: [{ exchange: 'htx', settlement: 'spot' }],
  'huobi-dm-swap': [{ exchange: 'htx', settlement: 'inverse', symbols: /-USD$/ }],
  kraken: [{ exchange: 'kraken', settlement: 'spot' }],
  okex: [{ exchange: 'okx', settlement: 'spot' }],
}

/** The market of a file's `exchange` and `symbol` columns, as ccxt names it; empty where it is not known. */
export function tardisMarket(venue: string, pair: string): Facts {
  const market = findMarket(venue, pair)
  if (market === undefined) return {}
  const { exchange, settlement } = market
  const symbol = symbolOfPair(pair.replace(/^XBT/, 'BTC'), settlement)
  return symbol === null ? { exchange } : { exchange, symbol }
}

/** Whether quantities of a market are known to be base currency, or contracts of a known value. */
export const isKnownTardisMarket = (venue: string, pair: string): boolean => findMarket(venue, pair) !== undefined

const findMarket = (venue: string, pair: string): Venue | undefined =>
  VENUES[venue]?.find(({ symbols }) => symbols?.test(pair) ?? true)
