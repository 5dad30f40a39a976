import type { FeatureFamily } from '../../feature.ts'

export const seasonalityFamilies: readonly FeatureFamily[] = []
