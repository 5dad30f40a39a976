import { observedFeature } from '../../feature.ts'
import { logOf, scaled } from '../../op/arithmetic.ts'
import { crossDeviation, crossMean, crossMeanAbsolute } from '../../op/cross-section.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { candles } from '../../parameters.ts'
import { MARKET_EDGES, marketMoves, ofMarket } from './market-series.ts'

/** Keeps the logarithm finite in a market that stands still. */
const STILL = 0.05

const EXPECTED_BEFORE = 'z each symbol’s ln(close[t] / close[t−1]) / e[t−1], clipped to ±8'

/** To two decimals, as in the measured recipe: 2.45 for 6 candles, 4.9 for 24. */
const rootOf = (candles: number): number => Math.round(100 * Math.sqrt(candles)) / 100

export const marketMove = observedFeature({
  name: 'marketMove',
  group: 'market',
  summary: 'Where the market as a whole has gone over the last candles, every symbol in its own units.',
  unit: 'ex-ante σ',
  formula: `Σ mean(z over the market, last candles) / √candles; ${EXPECTED_BEFORE}`,
  edges: `0 where nothing moves. ${MARKET_EDGES}`,
  parameters: { candles },
  examples: ['marketMove(1)', 'marketMove(6)', 'marketMove(24)'],
  build: (scope, { candles }) => {
    const mean = rollingMean(crossMean(marketMoves(scope)), candles)
    return ofMarket(scope, scaled(mean, candles / rootOf(candles)))
  },
})

export const marketActivity = observedFeature({
  name: 'marketActivity',
  group: 'market',
  summary: 'How much the whole market has been moving, up or down, against what was expected of it.',
  unit: 'log ratio',
  formula: `ln(mean(mean(|z| over the market), candles) + ${STILL}); ${EXPECTED_BEFORE}`,
  edges: `ln ${STILL} where nothing moves. ${MARKET_EDGES}`,
  source: 'Forsberg & Ghysels (2007), Why Do Absolute Returns Predict Volatility So Well?, J. Financial Econometrics 5',
  parameters: { candles },
  examples: ['marketActivity(1)', 'marketActivity(3)', 'marketActivity(12)'],
  build: (scope, { candles }) => {
    const mean = rollingMean(crossMeanAbsolute(marketMoves(scope)), candles)
    const aboveStill = eachRow(`aboveStill ${STILL}`, [mean], (out, [x], count) => {
      for (let i = 0; i < count; i++) out[i] = x[i] + STILL
    })
    return ofMarket(scope, logOf(aboveStill))
  },
})

export const marketDispersion = observedFeature({
  name: 'marketDispersion',
  group: 'market',
  summary: 'Whether the symbols go separate ways (high) or together (low).',
  unit: 'ex-ante σ',
  formula: `mean(deviation of z over the market, candles); ${EXPECTED_BEFORE}`,
  edges: `0 where fewer than two symbols have a candle. ${MARKET_EDGES}`,
  source: 'Solnik & Roulet (2000), Dispersion as Cross-Sectional Correlation, Financial Analysts J. 56',
  parameters: { candles },
  examples: ['marketDispersion(1)', 'marketDispersion(24)'],
  build: (scope, { candles }) => ofMarket(scope, rollingMean(crossDeviation(marketMoves(scope)), candles)),
})
