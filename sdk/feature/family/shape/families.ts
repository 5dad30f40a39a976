import type { FeatureFamily } from '../../feature.ts'
import { candleShape } from './candle-shape.ts'
import { rangePosition } from './range-position.ts'
import { rangeWidth } from './range-width.ts'

export const shapeFamilies: readonly FeatureFamily[] = [...candleShape, rangePosition, rangeWidth]
