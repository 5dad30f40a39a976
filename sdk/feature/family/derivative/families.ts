import type { FeatureFamily } from '../../feature.ts'
import { basisFamilies } from './basis.ts'
import { fundingFamilies } from './funding.ts'
import { openInterestFamilies } from './open-interest.ts'

export const derivativeFamilies: readonly FeatureFamily[] = [
  ...fundingFamilies,
  ...basisFamilies,
  ...openInterestFamilies,
]
