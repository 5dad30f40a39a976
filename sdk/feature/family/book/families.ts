import type { FeatureFamily } from '../../feature.ts'

export const bookFamilies: readonly FeatureFamily[] = []
