import type { FeatureFamily } from '../../feature.ts'
import { ewmaVolatility } from './ewma-volatility.ts'
import { parkinson } from './parkinson.ts'
import { realisedVolatility } from './realised-volatility.ts'
import { semivariance } from './semivariance.ts'

export const volatilityFamilies: readonly FeatureFamily[] = [
  realisedVolatility,
  ewmaVolatility,
  parkinson,
  semivariance,
]
