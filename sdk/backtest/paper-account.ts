import type { CostModel } from '../gate/costs.ts'
import { bpsToFraction } from '../units.ts'
import type { Trade } from './backtest.ts'

/**
 * Cash, one position and every fill. A short sale credits its proceeds to cash; neither interest nor borrowing costs are
 * charged. Equity is always `cash + position · price`.
 */
export class PaperAccount {
  cashQuote: number
  positionBase = 0
  readonly trades: Trade[] = []
  /** Net cash paid (or, negative, received) for the position held, costs included. */
  #basisQuote = 0
  readonly #fee: number
  readonly #slippage: number

  constructor(cashQuote: number, costs: CostModel) {
    this.cashQuote = cashQuote
    this.#fee = bpsToFraction(costs.feeBps)
    this.#slippage = bpsToFraction(costs.slippageBps)
  }

  equityAt(price: number): number {
    return this.cashQuote + this.positionBase * price
  }

  /**
   * Trades to an exposure at this price so that it holds **after** the costs of the trade: all-in at exposure 1 spends
   * the cash to the last cent and not more. With equity gone there is only the way out.
   */
  rebalance(exposure: number, price: number, timeMs: number): void {
    const equity = this.equityAt(price)
    if (exposure === 0 || equity <= 0) {
      this.#fill(-this.positionBase, price, timeMs)
      return
    }
    const missing = exposure * equity - this.positionBase * price
    const direction = Math.sign(missing)
    // what a traded unit of value costs, seen from the undisturbed price
    const cost = this.#slippage + this.#fee * (1 + direction * this.#slippage)
    const quantity = missing / (1 + direction * exposure * cost) / price
    // rounding must not turn the last crumb of a position into its opposite
    const overshoots = Math.sign(exposure) * Math.sign(this.positionBase + quantity) < 0
    this.#fill(overshoots ? -this.positionBase : quantity, price, timeMs)
  }

  #fill(signedQuantity: number, marketPrice: number, timeMs: number): void {
    if (signedQuantity === 0) return
    const side = signedQuantity > 0 ? 'buy' : 'sell'
    const quantityBase = Math.abs(signedQuantity)
    const price = marketPrice * (side === 'buy' ? 1 + this.#slippage : 1 - this.#slippage)
    const feeQuote = quantityBase * price * this.#fee
    const cashFlow = -signedQuantity * price - feeQuote

    const before = this.positionBase
    const closed = before * signedQuantity < 0 ? Math.min(quantityBase, Math.abs(before)) : 0
    const closedCashFlow = cashFlow * (closed / quantityBase)
    const closedBasis = closed > 0 ? this.#basisQuote * (closed / Math.abs(before)) : 0
    const openedBasis = closedCashFlow - cashFlow
    this.#basisQuote += openedBasis - closedBasis
    this.positionBase = before + signedQuantity
    this.cashQuote += cashFlow
    this.trades.push({
      timeMs,
      side,
      quantityBase,
      price,
      feeQuote,
      slippageQuote: quantityBase * Math.abs(price - marketPrice),
      realisedQuote: closed > 0 ? closedCashFlow - closedBasis : null,
    })
  }
}
