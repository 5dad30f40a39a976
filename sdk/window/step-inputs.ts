import type { FeatureTable } from '../feature/feature.ts'
import { timeframeMs } from '../units.ts'
import type { KnownRows } from './known-rows.ts'
import { scale } from './scaler.ts'
import type { ScaledFeature } from './windower.ts'

/** What a new candle brings to windows that slide. */
export interface StepInputs {
  /** Of the candle itself, `[Fo]`. */
  readonly observed: Float32Array
  /** Of the step that the longest horizon reaches from it, `[Fk]`. */
  readonly known: Float32Array
}

/**
 * The scaled inputs of a table's newest candle alone: the same bits as the rows of a windower over the whole series.
 * @param features the network's inputs in order, observed before known; the same as the table's
 * @param longestHorizon in candles
 */
export function newestStepInputs(
  { series, observed }: FeatureTable,
  features: readonly ScaledFeature[],
  knownRows: KnownRows,
  longestHorizon: number,
): StepInputs {
  const newest = series.length - 1
  const reachedMs = series.openTimeMs[newest] + longestHorizon * timeframeMs(series.timeframe)
  return {
    observed: Float32Array.from(observed, (column, f) => scale(column[newest], features[f].scaler)),
    known: knownRows.at(reachedMs),
  }
}
