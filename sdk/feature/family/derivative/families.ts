import type { FeatureFamily } from '../../feature.ts'

export const derivativeFamilies: readonly FeatureFamily[] = []
