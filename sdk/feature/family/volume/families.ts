import type { FeatureFamily } from '../../feature.ts'
import { volumeProfile } from './volume-profile.ts'
import { seasonalVolumeSurprise, volumeSurprise } from './volume-surprise.ts'
import { volumeTrend } from './volume-trend.ts'
import { vwapDistances } from './vwap-distance.ts'

export const volumeFamilies: readonly FeatureFamily[] = [
  volumeSurprise,
  seasonalVolumeSurprise,
  ...volumeTrend,
  ...vwapDistances,
  ...volumeProfile,
]
