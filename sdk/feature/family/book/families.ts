import type { FeatureFamily } from '../../feature.ts'
import { bookDepth } from './book-depth.ts'
import { bookImbalance } from './book-imbalance.ts'
import { bookSlope } from './book-slope.ts'
import { bookSpread } from './book-spread.ts'
import { orderFlowImbalance } from './order-flow.ts'
import { weightedMid } from './weighted-mid.ts'

export const bookFamilies: readonly FeatureFamily[] = [
  bookSpread,
  bookDepth,
  bookImbalance,
  weightedMid,
  bookSlope,
  orderFlowImbalance,
]
