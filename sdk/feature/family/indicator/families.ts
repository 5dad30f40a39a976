import type { FeatureFamily } from '../../feature.ts'
import { aroon } from './aroon.ts'
import { averageTrueRangeFamilies } from './average-true-range.ts'
import { bollinger } from './bollinger.ts'
import { cci } from './cci.ts'
import { channel } from './channel.ts'
import { directionalMovement } from './directional-movement.ts'
import { macd } from './macd.ts'
import { moneyFlow } from './money-flow.ts'
import { movingAverageDistance } from './moving-average-distance.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { stochastic } from './stochastic.ts'

export const indicatorFamilies: readonly FeatureFamily[] = [
  ...movingAverageDistance,
  ...macd,
  rsi,
  ...stochastic,
  cci,
  roc,
  ...directionalMovement,
  ...aroon,
  ...bollinger,
  ...averageTrueRangeFamilies,
  ...channel,
  ...moneyFlow,
]
