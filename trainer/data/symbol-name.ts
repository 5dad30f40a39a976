/**
 * How a market is settled. `spot`: not at all; `linear`: a perpetual settled in the quote currency; `inverse`: one settled
 * in the base currency, its contracts worth a fixed sum of the quote currency.
 */
export type Settlement = 'spot' | 'linear' | 'inverse'

/** Exchanges write a pair without a separator; the longest quote that fits is the quote. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'USD', 'EUR', 'GBP', 'TRY', 'BTC', 'ETH', 'BNB']

/** `BTC-PERP`, `BTC-PERPETUAL`, `BTCUSD_PERP`, `BTC-USDT-SWAP`: what says no more than that it is a perpetual. */
const PERPETUAL_SUFFIX = /[-_](?:PERP|PERPETUAL|SWAP)$/

/**
 * ccxt's spelling of a pair as an exchange writes it: `BTCUSDT`, `BTC-USDT`, `btcusdt`, `BTC-PERP` …, with
 * `:USDT` after it for a perpetual. Null where base and quote cannot be told apart.
 */
export function symbolOfPair(pair: string, settlement: Settlement): string | null {
  const isPerpetual = PERPETUAL_SUFFIX.test(pair.toUpperCase())
  const bare = pair.toUpperCase().replace(PERPETUAL_SUFFIX, '')
  const parts = splitPair(bare) ?? (isPerpetual ? [bare, 'USD'] : null)
  if (parts === null || parts.some(part => !/^[A-Z0-9]+$/.test(part))) return null
  const [base, quote] = parts
  const settle = settlement === 'spot' ? '' : `:${settlement === 'linear' ? quote : base}`
  return `${base}/${quote}${settle}`
}

function splitPair(pair: string): string[] | null {
  const parts = pair.split(/[-_/]/)
  if (parts.length === 2) return parts
  const quote = QUOTES.find(q => pair.endsWith(q) && pair.length > q.length)
  return parts.length > 1 || quote === undefined ? null : [pair.slice(0, -quote.length), quote]
}

/** How the market of a symbol in ccxt's spelling is settled; null for what has a date or a strike, and for other texts. */
export function settlementOf(symbol: string): Settlement | null {
  const [, base, quote, settle] = /^([^/:]+)\/([^/:]+)(?::([^/:-]+))?$/.exec(symbol) ?? []
  if (base === undefined) return null
  return settle === undefined ? 'spot' : settle === quote ? 'linear' : settle === base ? 'inverse' : null
}

/** The base currency of a symbol in ccxt's spelling. */
export const baseOf = (symbol: string): string => symbol.split('/')[0]
