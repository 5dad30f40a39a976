import type { FeatureFamily } from '../../feature.ts'
import { volumeSurprise } from './volume-surprise.ts'

export const volumeFamilies: readonly FeatureFamily[] = [volumeSurprise]
