import type { FeatureFamily } from '../../feature.ts'

export const liquidationFamilies: readonly FeatureFamily[] = []
