import type { FeatureFamily } from '../../feature.ts'
import { normalisedReturn } from './return.ts'

export const returnFamilies: readonly FeatureFamily[] = [normalisedReturn]
