import { baseOf, type Settlement, settlementOf } from '../symbol-name.ts'
import { fileError } from './file-error.ts'
import type { Facts } from './layout.ts'

/** USD that one contract settled in its base currency is worth, as these exchanges specify it. */
function usdPerContract(exchange: string, base: string): number | null {
  switch (exchange) {
    case 'bitmex':
      // others are quanto contracts, or worth another sum
      return base === 'BTC' ? 1 : null
    case 'deribit':
    case 'bybit':
      return 1
    case 'binance':
    case 'htx':
      return base === 'BTC' ? 100 : 10
    default:
      return null
  }
}

/** What quantities of a file count. */
export type QuantityUnit = { readonly of: 'base' } | { readonly of: 'contract'; readonly quote: number }

/**
 * What the quantities of a market count where its data are as the exchange gives them: base currency, or contracts worth
 * so much quote currency each.
 * @throws SourceError `UNSUPPORTED_LAYOUT`
 */
export function quantityUnit({ exchange = '', symbol = '' }: Facts, path: string): QuantityUnit {
  const settlement: Settlement | null = settlementOf(symbol)
  if (settlement !== 'inverse') return { of: 'base' }
  const quote = usdPerContract(exchange, baseOf(symbol))
  if (quote === null) {
    throw fileError(
      'UNSUPPORTED_LAYOUT',
      { path, value: symbol },
      `quantities of ${symbol} on ${exchange} count contracts, and their value is not known here. Convert them to ${baseOf(symbol)} and import the result as edgequant.`,
    )
  }
  return { of: 'contract', quote }
}

/** A quantity in base currency at a price. */
export const toBase = (unit: QuantityUnit, quantity: number, price: number): number =>
  unit.of === 'base' ? quantity : (quantity * unit.quote) / price
