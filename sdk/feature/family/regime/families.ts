import type { FeatureFamily } from '../../feature.ts'
import { regimes } from './regime.ts'

export const regimeFamilies: readonly FeatureFamily[] = regimes
