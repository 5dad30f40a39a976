import type { FeatureFamily } from '../../feature.ts'
import { deseasonalised } from './deseasonalised.ts'
import { seasonAhead } from './season-ahead.ts'

export const seasonalityFamilies: readonly FeatureFamily[] = [...seasonAhead, ...deseasonalised]
