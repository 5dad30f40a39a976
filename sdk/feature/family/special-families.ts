import type { FeatureFamily } from '../feature.ts'
import { bookFamilies } from './book/families.ts'
import { derivativeFamilies } from './derivative/families.ts'
import { indicatorFamilies } from './indicator/families.ts'
import { liquidationFamilies } from './liquidation/families.ts'
import { macroFamilies } from './macro/families.ts'
import { marketFamilies } from './market/families.ts'
import { momentFamilies } from './moment/families.ts'
import { regimeFamilies } from './regime/families.ts'
import { seasonalityFamilies } from './seasonality/families.ts'
import { transformFamilies } from './transform/families.ts'

/** The others. The packaged worker loads them when a bundle names one (vite.config.ts). */
export const SPECIAL_FAMILIES: readonly FeatureFamily[] = [
  ...marketFamilies,
  ...seasonalityFamilies,
  ...indicatorFamilies,
  ...momentFamilies,
  ...bookFamilies,
  ...derivativeFamilies,
  ...liquidationFamilies,
  ...macroFamilies,
  ...regimeFamilies,
  ...transformFamilies,
]
