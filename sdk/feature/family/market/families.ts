import type { FeatureFamily } from '../../feature.ts'

export const marketFamilies: readonly FeatureFamily[] = []
