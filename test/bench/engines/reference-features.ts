import { DEFAULT_FEATURES, findFeature } from '../../../sdk/feature/registry.ts'
import { timeOfWeek } from '../../../sdk/feature/time-of-week.ts'
import type { ScaledFeature } from '../../../sdk/window/windower.ts'
import { GOLDEN_SPEC } from '../../fixtures/golden-tft.ts'

/**
 * Features for the reference student, whose inputs have no meaning: as many as it takes, so that it can be run on candles.
 */
export const REFERENCE_FEATURES: readonly (ScaledFeature & {
  readonly unit: string
  readonly warmupCandles: number
})[] = [
  ...DEFAULT_FEATURES.filter(name => findFeature(name).kind === 'observed').slice(0, GOLDEN_SPEC.observed),
  ...timeOfWeek.map(feature => feature.name).slice(0, GOLDEN_SPEC.known),
].map(name => {
  const feature = findFeature(name)
  return {
    name,
    kind: feature.kind,
    unit: feature.unit,
    warmupCandles: feature.kind === 'observed' ? feature.warmupCandles : 0,
    scaler: { mean: 0, standardDeviation: 1, clip: 5 },
  }
})

/** One per decoder step. */
export const REFERENCE_HORIZONS: readonly number[] = Array.from({ length: GOLDEN_SPEC.horizons }, (_, i) => i + 1)
