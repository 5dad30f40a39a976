import type { FeatureFamily } from '../../feature.ts'

export const indicatorFamilies: readonly FeatureFamily[] = []
