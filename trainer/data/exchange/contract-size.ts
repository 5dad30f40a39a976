import type { CcxtMarket } from '../../../sdk/source/exchange/ccxt-client.ts'

/** Quantities of linear perpetuals come in contracts of so much base currency each; those of spot markets in base currency. */
export function toBaseQuantity(market: CcxtMarket, quantity: number): number {
  const contractSize = market.swap === true ? (market.contractSize ?? Number.NaN) : 1
  // 165 contracts of 0.0001 are 0.0165, not 0.016500000000000001
  return contractSize === 1 ? quantity : Number((quantity * contractSize).toPrecision(15))
}
