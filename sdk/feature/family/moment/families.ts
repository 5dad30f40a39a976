import type { FeatureFamily } from '../../feature.ts'

export const momentFamilies: readonly FeatureFamily[] = []
