import type { FeatureFamily } from '../../feature.ts'
import { macroCorrelation } from './macro-correlation.ts'
import { macroLevels } from './macro-level.ts'

export const macroFamilies: readonly FeatureFamily[] = [...macroLevels, macroCorrelation]
