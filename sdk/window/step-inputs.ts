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
 * The scaled inputs of a new candle: the same bits as the newest rows of a windower over the whole series.
 * @param observed the candle's features, unscaled
 * @param features the network's inputs in order, observed before known
 * @param reachedMs opening time of the step that the longest horizon reaches
 */
export function stepInputs(
  observed: Float64Array,
  features: readonly ScaledFeature[],
  knownRows: KnownRows,
  reachedMs: number,
): StepInputs {
  return {
    observed: Float32Array.from(observed, (value, f) => scale(value, features[f].scaler)),
    known: knownRows.at(reachedMs),
  }
}
