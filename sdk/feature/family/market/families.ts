import type { FeatureFamily } from '../../feature.ts'
import { beta, correlation } from './beta.ts'
import { leads } from './lead.ts'
import { marketActivity, marketDispersion, marketMove } from './market-move.ts'
import { marketVolatility, marketVolatilityRatio, relativeVolatility } from './market-volatility.ts'
import { relativeMove } from './relative-move.ts'

export const marketFamilies: readonly FeatureFamily[] = [
  marketMove,
  marketActivity,
  marketDispersion,
  marketVolatility,
  marketVolatilityRatio,
  relativeVolatility,
  relativeMove,
  ...leads,
  beta,
  correlation,
]
