import { DAY_MS } from '../../units.ts'
import type { Series } from '../graph/graph.ts'
import type { Scope } from '../graph/scope.ts'
import { logOnePlus, minus } from '../op/arithmetic.ts'
import { rollingMean } from '../op/decaying-mean.ts'

/** `ln(1 + volume)` */
export const logVolume = (scope: Scope): Series => logOnePlus(scope.candle('volume'))

/** `ln(1 + volume)` less its mean over the last candles, this one among them. */
export function aboveUsualVolume(scope: Scope, candles: number): Series {
  const volume = logVolume(scope)
  return minus(volume, rollingMean(volume, candles))
}

/** Candles in a week, over which a usual volume is taken: a week has every hour once. */
export const candlesPerWeek = (stepMs: number): number => Math.max(1, Math.round((7 * DAY_MS) / stepMs))
