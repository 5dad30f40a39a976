import { observedFeature } from '../../feature.ts'
import { logOf, logRatioOf, minus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { candles } from '../../parameters.ts'
import { logVolatility } from '../../shared/volatility.ts'
import { MARKET_EDGES, meanVolatility, ofMarket } from './market-series.ts'

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
  edges: `0 where nothing moves. ${MARKET_EDGES}`,
  parameters: { candles },
  examples: ['marketVolatilityRatio(720)'],
  build: (scope, { candles }) => {
    const level = meanVolatility(scope)
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
