import type { FeatureFamily } from '../../feature.ts'
import { drawdown } from './drawdown.ts'
import { drift } from './drift.ts'
import { normalisedReturn } from './return.ts'

export const returnFamilies: readonly FeatureFamily[] = [normalisedReturn, ...drift, ...drawdown]
