import type { FeatureFamily } from '../../feature.ts'
import { candleShape } from './candle-shape.ts'
import { rangePosition } from './range-position.ts'

export const shapeFamilies: readonly FeatureFamily[] = [...candleShape, rangePosition]
