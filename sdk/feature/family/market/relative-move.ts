import { observedFeature } from '../../feature.ts'
import { clipped, minus, over } from '../../op/arithmetic.ts'
import { crossMean } from '../../op/cross-section.ts'
import { logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'
import { MARKET_EDGES, MOVE_CLIP, marketMoves, ofMarket } from './market-series.ts'

export const relativeMove = observedFeature({
  name: 'relativeMove',
  group: 'market',
  summary: 'What of the newest move is the symbol’s own and not the market’s.',
  unit: 'ex-ante σ',
  formula: `clip(ln(close[t] / close[t−1]) / e[t] − marketMove(1), ±${MOVE_CLIP})`,
  edges: `0 where nothing moves. ${MARKET_EDGES}`,
  parameters: {},
  examples: ['relativeMove'],
  build: scope => {
    const own = over(logReturn(scope), volatility(scope))
    return clipped(minus(own, ofMarket(scope, crossMean(marketMoves(scope)))), -MOVE_CLIP, MOVE_CLIP)
  },
})
