/** Hard limits; every one is validated when a `RiskManager` is made. Absent means unlimited. */
export interface RiskLimits {
  /** Largest absolute position after the order, in base currency. */
  readonly maxPositionBase?: number
  /** Largest absolute value of the position after the order, in quote currency. */
  readonly maxNotionalQuote?: number
  /** Deny orders that increase exposure once equity has fallen this far below its peak; in (0, 1]. */
  readonly maxDrawdownFraction?: number
  /** Deny when the newest market data is older than this. */
  readonly maxDataAgeMs?: number
}

export interface OrderSuggestion {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  /** Base currency, > 0. */
  readonly quantityBase: number
}

export interface AccountState {
  /** Signed, base currency. */
  readonly positionBase: number
  readonly equityQuote: number
  readonly peakEquityQuote: number
}

export interface MarketState {
  /** Last price, quote currency. */
  readonly price: number
  /** When that price was true, UTC ms. */
  readonly dataTimeMs: number
  readonly nowMs: number
}

export type DenialCode =
  | 'INVALID_ORDER'
  | 'INVALID_ACCOUNT'
  | 'INVALID_MARKET'
  | 'POSITION_LIMIT'
  | 'NOTIONAL_LIMIT'
  | 'DRAWDOWN_LIMIT'
  | 'STALE_DATA'

export interface Denial {
  readonly code: DenialCode
  /** What was violated: a limit's name, or the field that is invalid. */
  readonly limit: string
  readonly limitValue: number | null
  readonly value: number
  readonly text: string
}

export type RiskVerdict =
  | { readonly kind: 'allowed'; readonly order: OrderSuggestion }
  | { readonly kind: 'denied'; readonly order: OrderSuggestion; readonly denials: readonly Denial[] }
