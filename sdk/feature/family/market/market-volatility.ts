import { observedFeature } from '../../feature.ts'
import { logOf, logRatioOf, minus } from '../../op/arithmetic.ts'
import { crossMean } from '../../op/cross-section.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { candles } from '../../parameters.ts'
import { logVolatility, volatility } from '../../shared/volatility.ts'
import { LAST_OF_MARKET, MARKET_EDGES, marketSeries, meanVolatility, ofMarket } from './market-series.ts'

/** Candles at which a long mean is taken as one. */
const ENOUGH = 100

export const marketVolatility = observedFeature({
  name: 'marketVolatility',
  group: 'market',
  summary: 'The level of volatility in the market. Levels drift over the years: prefer its ratio where they do.',
  unit: 'ln return per candle',
  formula: 'ln mean(e over the market)',
  edges: `ln 1e-5 where nothing moves. ${MARKET_EDGES}`,
  parameters: {},
  examples: ['marketVolatility'],
  build: scope => ofMarket(scope, logOf(meanVolatility(scope))),
})

export const marketVolatilityRatio = observedFeature({
  name: 'marketVolatilityRatio',
  group: 'market',
  summary: 'Whether the market is livelier than it has been of late.',
  unit: 'log ratio',
  formula: `ln(E / mean(E, candles)), E = mean(e over the market); from ${ENOUGH} candles on`,
  edges: `0 where nothing moves. Of the symbols that have a candle, one listed of late among them, which shifts it; ${LAST_OF_MARKET}`,
  parameters: { candles },
  examples: ['marketVolatilityRatio(720)'],
  build: (scope, { candles }) => {
    // young symbols are counted, as in the measured recipe, whose mean began with the first candle
    const level = crossMean(marketSeries(scope, volatility))
    const usual = rollingMean(level, candles, { minValues: Math.min(candles, ENOUGH) })
    return ofMarket(scope, logRatioOf(level, usual))
  },
})

export const relativeVolatility = observedFeature({
  name: 'relativeVolatility',
  group: 'market',
  summary: 'How volatile the symbol is against the market.',
  unit: 'log ratio',
  formula: 'ln e − ln mean(e over the market)',
  edges: `0 where nothing moves. ${MARKET_EDGES}`,
  parameters: {},
  examples: ['relativeVolatility'],
  build: scope => minus(logVolatility(scope), ofMarket(scope, logOf(meanVolatility(scope)))),
})
