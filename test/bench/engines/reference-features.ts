import type { FeatureSpec } from '../../../sdk/bundle/manifest.ts'
import { DEFAULT_FEATURES } from '../../../sdk/feature/default-features.ts'
import { FAMILIES } from '../../../sdk/feature/registry.ts'
import { featureSpecs } from '../../fixtures/feature/feature-specs.ts'
import { GOLDEN_SPEC } from '../../fixtures/golden-tft.ts'

const timeFeatures = FAMILIES.filter(family => family.group === 'calendar').flatMap(family => family.examples)

/**
 * Features for the reference student, whose inputs have no meaning: as many as it takes, so that it can be run on candles.
 */
export const REFERENCE_FEATURES: readonly FeatureSpec[] = [
  ...featureSpecs(DEFAULT_FEATURES)
    .filter(feature => feature.kind === 'observed')
    .slice(0, GOLDEN_SPEC.observed),
  ...featureSpecs(timeFeatures)
    .filter(feature => feature.kind === 'known')
    .slice(0, GOLDEN_SPEC.known),
]

/** One per decoder step. */
export const REFERENCE_HORIZONS: readonly number[] = Array.from({ length: GOLDEN_SPEC.horizons }, (_, i) => i + 1)
