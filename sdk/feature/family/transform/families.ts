import type { FeatureFamily } from '../../feature.ts'
import { course } from './course.ts'
import { dependence } from './dependence.ts'
import { pairs } from './pair.ts'
import { pointwise } from './pointwise.ts'
import { rolling } from './rolling.ts'
import { roughness } from './roughness.ts'
import { shifts } from './shift.ts'
import { standing } from './standing.ts'

export const transformFamilies: readonly FeatureFamily[] = [
  ...shifts,
  ...pairs,
  ...pointwise,
  ...rolling,
  ...standing,
  ...roughness,
  ...course,
  ...dependence,
]
