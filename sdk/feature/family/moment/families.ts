import type { FeatureFamily } from '../../feature.ts'
import { haarEnergies } from './haar-energy.ts'
import { moments } from './moments.ts'
import { varianceRatio } from './variance-ratio.ts'

export const momentFamilies: readonly FeatureFamily[] = [...moments, varianceRatio, ...haarEnergies]
