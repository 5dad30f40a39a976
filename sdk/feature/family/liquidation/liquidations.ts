import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { plus, scaled, times } from '../../op/arithmetic.ts'
import { exponentialMean, rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'

/** What is usual is a mean over so many candles. */
export const USUAL_CANDLES = 720

/** A hundred-thousandth of the usual turnover: where nothing is liquidated, ratios read 1, not 0 / 0. */
const NOTHING = 1e-5

/** Positions closed by force in a candle, quote currency. */
export const liquidated = (scope: Scope): Series =>
  plus(scope.input('longLiquidation'), scope.input('shortLiquidation'))

/** Traded in a candle, quote currency. */
export const turnover = (scope: Scope): Series => times(scope.candle('volume'), scope.candle('close'))

/**
 * Intensity of liquidations against the usual one: how many times more is being liquidated than is usual. An exponentially
 * decaying sum is the intensity of a Hawkes process less its base rate: each forced order makes others likelier for a while.
 */
export const excess = (scope: Scope, halfLife: number): Series => {
  const smallest = scaled(rollingMean(turnover(scope), USUAL_CANDLES), NOTHING)
  const forced = liquidated(scope)
  const usual = rollingMean(forced, USUAL_CANDLES, { minValues: USUAL_CANDLES / 2 })
  return eachRow(
    'liquidationExcess',
    [forced, exponentialMean(forced, halfLife), usual, smallest],
    (out, [newest, now, mean, floor], count) => {
      for (let i = 0; i < count; i++) {
        const least = mean[i] + floor[i]
        out[i] = Number.isNaN(newest[i]) ? Number.NaN : least === 0 ? 1 : (now[i] + floor[i]) / least
      }
    },
  )
}

/** `(s − l) / (s + l)` of the decaying sums of liquidated shorts and longs; 0 where there were none. */
export const imbalance = (scope: Scope, halfLife: number): Series => {
  const sums = (['shortLiquidation', 'longLiquidation'] as const).map(side =>
    exponentialMean(scope.input(side), halfLife),
  )
  return eachRow('liquidationImbalance', [liquidated(scope), ...sums], (out, [newest, shorts, longs], count) => {
    for (let i = 0; i < count; i++) {
      const both = shorts[i] + longs[i]
      out[i] = Number.isNaN(newest[i]) ? Number.NaN : both === 0 ? 0 : (shorts[i] - longs[i]) / both
    }
  })
}
