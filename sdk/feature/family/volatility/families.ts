import type { FeatureFamily } from '../../feature.ts'
import { bipower } from './bipower.ts'
import { ewmaVolatility } from './ewma-volatility.ts'
import { garmanKlass } from './garman-klass.ts'
import { jumps } from './jump.ts'
import { parkinson } from './parkinson.ts'
import { realisedVolatility } from './realised-volatility.ts'
import { rogersSatchell } from './rogers-satchell.ts'
import { semivariance } from './semivariance.ts'
import { volatilityLevel } from './volatility-level.ts'
import { yangZhang } from './yang-zhang.ts'

export const volatilityFamilies: readonly FeatureFamily[] = [
  realisedVolatility,
  ewmaVolatility,
  parkinson,
  garmanKlass,
  rogersSatchell,
  yangZhang,
  bipower,
  semivariance,
  ...jumps,
  ...volatilityLevel,
]
