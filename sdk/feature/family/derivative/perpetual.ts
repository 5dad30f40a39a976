import { ln } from '../../../portable-math.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { clipped, scaled } from '../../op/arithmetic.ts'
import { carriedForward } from '../../op/axes.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'

const FRACTION_TO_BPS = 10_000

/** Funding beyond these says 'extreme', not how extreme; bps of eight hours. */
export const FUNDING_LOW = -10
export const FUNDING_HIGH = 20

/** Basis beyond this, likewise. */
export const BASIS_CLIP = 40

/** Candles that the basis is held for where one of the markets has none. */
export const BASIS_HELD_CANDLES = 24

/** Mean funding rate over candles, in bps. */
export const meanFunding = (scope: Scope, candles: number): Series =>
  clipped(scaled(rollingMean(scope.input('fundingRate'), candles), FRACTION_TO_BPS), FUNDING_LOW, FUNDING_HIGH)

/** Mean basis over candles, in bps. */
export function meanBasis(scope: Scope, candles: number): Series {
  const basis = eachRow(
    'basis',
    [scope.input('perpetualClose'), scope.input('spotClose')],
    (out, [perpetual, spot], count) => {
      for (let i = 0; i < count; i++) out[i] = ln(perpetual[i] / spot[i])
    },
  )
  const held = carriedForward(basis, BASIS_HELD_CANDLES)
  return clipped(scaled(rollingMean(held, candles), FRACTION_TO_BPS), -BASIS_CLIP, BASIS_CLIP)
}
