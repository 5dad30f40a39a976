import { ConfigError } from '../errors.ts'

/** Trading costs, all one-way, on traded notional. */
export interface CostModel {
  readonly feeBps: number
  /** Half the bid–ask spread plus impact. */
  readonly slippageBps: number
}

/** In and out again, in bps of notional. */
export const roundTripBps = (costs: CostModel): number => 2 * (costs.feeBps + costs.slippageBps)

/** @throws ConfigError `INVALID_COSTS` unless both costs are in [0, 10 000) bps */
export function checkCosts(costs: CostModel): void {
  for (const field of ['feeBps', 'slippageBps'] as const) {
    const value = costs[field]
    if (!(value >= 0 && value < 10_000)) {
      throw new ConfigError(
        'INVALID_COSTS',
        `costs.${field} is ${value}: expected a number from 0 to below 10000 basis points.`,
        { field, value },
      )
    }
  }
}
