import type { FeatureFamily } from '../../feature.ts'
import { seasonalVolumeSurprise, volumeSurprise } from './volume-surprise.ts'
import { volumeTrend } from './volume-trend.ts'

export const volumeFamilies: readonly FeatureFamily[] = [volumeSurprise, seasonalVolumeSurprise, ...volumeTrend]
