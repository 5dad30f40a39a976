/** Why the gate holds back; `value` and `limit` are in the unit the code says. */
export interface AbstainReason {
  readonly code: 'EDGE_BELOW_COST' | 'INTERVAL_TOO_WIDE' | 'MEDIAN_DISAGREES'
  readonly value: number
  readonly limit: number
  /** One clause for people, with units. */
  readonly text: string
}

/** To act on a forecast, or not to. */
export type Decision =
  | {
      readonly kind: 'act'
      readonly side: 'buy' | 'sell'
      readonly horizonCandles: number
      /** Expected log return in bps, signed, before costs. */
      readonly edgeBps: number
      readonly costBps: number
      readonly asOfMs: number
    }
  | {
      readonly kind: 'abstain'
      readonly reasons: readonly AbstainReason[]
      readonly horizonCandles: number
      readonly edgeBps: number
      readonly costBps: number
      readonly asOfMs: number
    }
