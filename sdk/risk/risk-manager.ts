import { RiskError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import type { AccountState, Denial, DenialCode, MarketState, OrderSuggestion, RiskLimits, RiskVerdict } from './risk.ts'

/** What each limit must be, as a test and in words. */
const LIMIT_RULES: Record<keyof RiskLimits, { allows(value: number): boolean; expected: string }> = {
  maxPositionBase: { allows: v => v >= 0, expected: 'a finite number of 0 or more, in base currency' },
  maxNotionalQuote: { allows: v => v >= 0, expected: 'a finite number of 0 or more, in quote currency' },
  maxDrawdownFraction: { allows: v => v > 0 && v <= 1, expected: 'a fraction above 0 and up to 1' },
  maxDataAgeMs: { allows: v => v > 0, expected: 'a finite number of milliseconds above 0' },
}

/**
 * The last word before an order: allowed, or denied with every limit it breaks.
 *
 * - Position and notional limits hold for the position **after** the order.
 * - An order that **reduces** the position (same sign or flat afterwards, and smaller) passes position, notional and
 *   drawdown limits even where the position stays above them: the way out must never be closed.
 * - An order that flips the position through zero opens new exposure on the other side and counts as increasing, however
 *   small that side is. To get out under a drawdown limit, close first.
 * - Stale data denies every order, one that reduces included: without a current price none can be judged. A price from
 *   the future by more than the same tolerance (clocks that disagree, seconds taken for milliseconds) is denied as well.
 *
 * `check` never throws on numbers: what is not finite or not sensible is denied.
 */
export class RiskManager {
  readonly limits: RiskLimits

  /** @throws RiskError `INVALID_LIMIT`, `UNKNOWN_LIMIT`: a misspelt limit must not mean "unlimited" */
  constructor(limits: RiskLimits) {
    for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
      const rule = Object.hasOwn(LIMIT_RULES, name) ? LIMIT_RULES[name as keyof RiskLimits] : undefined
      if (!rule) {
        throw new RiskError(
          'UNKNOWN_LIMIT',
          `There is no risk limit '${name}'. The limits are: ${Object.keys(LIMIT_RULES).join(', ')}.`,
          { limit: name },
        )
      }
      if (typeof value !== 'number' || !Number.isFinite(value) || !rule.allows(value)) {
        throw new RiskError(
          'INVALID_LIMIT',
          `Risk limit ${name} is ${String(value)}: expected ${rule.expected}. Leave it out for no limit.`,
          { limit: name, value },
        )
      }
    }
    this.limits = Object.freeze({ ...limits })
  }

  /** Judges one order against the account and the market as they are now. */
  check(order: OrderSuggestion, account: AccountState, market: MarketState): RiskVerdict {
    const invalid = invalidFields(order, account, market)
    const denials = invalid.length > 0 ? invalid : this.#violations(order, account, market)
    return denials.length === 0 ? { kind: 'allowed', order } : { kind: 'denied', order, denials }
  }

  #violations(order: OrderSuggestion, account: AccountState, market: MarketState): Denial[] {
    const { maxPositionBase, maxNotionalQuote, maxDrawdownFraction, maxDataAgeMs } = this.limits
    const denials: Denial[] = []
    const deny = (code: DenialCode, limit: keyof RiskLimits, value: number, text: string): void => {
      denials.push({ code, limit, limitValue: this.limits[limit] ?? null, value, text })
    }

    if (maxDataAgeMs !== undefined) {
      const ageMs = market.nowMs - market.dataTimeMs
      if (ageMs > maxDataAgeMs) {
        deny('STALE_DATA', 'maxDataAgeMs', ageMs, `the price is ${ageMs} ms old, at most ${maxDataAgeMs} ms is allowed`)
      } else if (-ageMs > maxDataAgeMs) {
        const text = `the price is from ${formatTimeMs(market.dataTimeMs)}, which is ${-ageMs} ms after now; check the clocks and units`
        deny('INVALID_MARKET', 'maxDataAgeMs', ageMs, text)
      }
    }

    const after = positionAfter(order, account)
    if (isReducing(account.positionBase, after)) return denials

    const size = Math.abs(after)
    if (maxPositionBase !== undefined && size > maxPositionBase) {
      const text = `the position would be ${after} in base currency, at most ±${maxPositionBase} is allowed`
      deny('POSITION_LIMIT', 'maxPositionBase', size, text)
    }
    const notional = size * market.price
    if (maxNotionalQuote !== undefined && notional > maxNotionalQuote) {
      const text = `the position would be worth ${notional} in quote currency, at most ${maxNotionalQuote} is allowed`
      deny('NOTIONAL_LIMIT', 'maxNotionalQuote', notional, text)
    }
    // not 1 − equity/peak, which rounds 10 % to just below 0.1
    const drawdown = (account.peakEquityQuote - account.equityQuote) / account.peakEquityQuote
    if (maxDrawdownFraction !== undefined && drawdown >= maxDrawdownFraction) {
      const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`
      const text = `equity is ${percent(drawdown)} below its peak; from ${percent(maxDrawdownFraction)} on, only orders that reduce the position are allowed`
      deny('DRAWDOWN_LIMIT', 'maxDrawdownFraction', drawdown, text)
    }
    return denials
  }
}

const positionAfter = (order: OrderSuggestion, account: AccountState): number =>
  account.positionBase + (order.side === 'buy' ? order.quantityBase : -order.quantityBase)

function isReducing(before: number, after: number): boolean {
  // signs, since the product of two tiny positions rounds to 0
  return Math.abs(after) < Math.abs(before) && Math.sign(before) * Math.sign(after) >= 0
}

/** Fields that make an order unjudgeable; empty when all are sensible. */
function invalidFields(order: OrderSuggestion, account: AccountState, market: MarketState): Denial[] {
  const denials: Denial[] = []
  const require = (holds: boolean, code: DenialCode, field: string, value: unknown, expected: string): void => {
    if (holds) return
    const text = `${field} is ${String(value)}: expected ${expected}`
    denials.push({ code, limit: field, limitValue: null, value: typeof value === 'number' ? value : Number.NaN, text })
  }
  const { side, quantityBase } = order
  const { positionBase, equityQuote, peakEquityQuote } = account
  const { price, dataTimeMs, nowMs } = market
  const finite = Number.isFinite

  require(side === 'buy' || side === 'sell', 'INVALID_ORDER', 'side', side, "'buy' or 'sell'")
  require(finite(quantityBase) &&
    quantityBase > 0, 'INVALID_ORDER', 'quantityBase', quantityBase, 'a finite number above 0')
  require(finite(positionBase), 'INVALID_ACCOUNT', 'positionBase', positionBase, 'a finite number')
  require(finite(equityQuote), 'INVALID_ACCOUNT', 'equityQuote', equityQuote, 'a finite number')
  require(finite(peakEquityQuote) &&
    peakEquityQuote > 0, 'INVALID_ACCOUNT', 'peakEquityQuote', peakEquityQuote, 'a finite number above 0')
  require(finite(price) && price > 0, 'INVALID_MARKET', 'price', price, 'a finite number above 0')
  require(finite(dataTimeMs), 'INVALID_MARKET', 'dataTimeMs', dataTimeMs, 'a time in UTC ms')
  require(finite(nowMs), 'INVALID_MARKET', 'nowMs', nowMs, 'a time in UTC ms')
  if (denials.length > 0) return denials

  // finite parts may still overflow together
  const notional = Math.abs(positionAfter(order, account)) * price
  require(finite(notional), 'INVALID_ORDER', 'quantityBase', quantityBase, 'a quantity whose value can be computed')
  return denials
}
