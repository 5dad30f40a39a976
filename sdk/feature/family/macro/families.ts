import type { FeatureFamily } from '../../feature.ts'

export const macroFamilies: readonly FeatureFamily[] = []
