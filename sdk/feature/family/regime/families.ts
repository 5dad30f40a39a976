import type { FeatureFamily } from '../../feature.ts'

export const regimeFamilies: readonly FeatureFamily[] = []
