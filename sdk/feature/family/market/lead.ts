import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { asOf, settled } from '../../op/axes.ts'
import { exponentialMean, rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { STILL_MARKET, volatilityLogRatio } from '../../op/log-ratio.ts'
import { candles, halfLife, share, symbol } from '../../parameters.ts'
import { squaredReturn } from '../../shared/log-return.ts'
import { logRange } from '../../shared/range-variance.ts'
import { logVolatility, volatility, withoutFirst } from '../../shared/volatility.ts'
import { normalisedReturn } from '../return/return.ts'
import { seasonalVolumeSurprise } from '../volume/volume-surprise.ts'

/** √(4 ln 2), rounded as in the measured recipe. */
const RANGE_SCALE = 1.665

const LAST =
  'Where the leader lacks a candle, its last value for 48 candles at most. No value before the leader’s own e has settled.'

const LEAD_LAG =
  'Lo & MacKinlay (1990), When Are Contrarian Profits Due to Stock Market Overreaction?, Review of Financial Studies 3'

/** A series of another symbol at this one's candles. */
const lead = (scope: Scope, symbol: string, of: (leader: Scope) => Series): Series =>
  asOf(settled(of(scope.of(symbol))), scope.axis)

const LEADERS = ['BTC/USDT', 'ETH/USDT']
const examples = (name: string, ...args: string[]): string[] =>
  LEADERS.flatMap(leader => args.map(rest => `${name}(${leader}${rest})`))

const leadReturn = observedFeature({
  name: 'leadReturn',
  group: 'market',
  summary: 'The move of a symbol that others follow, over the last candles.',
  unit: 'ex-ante σ of the leader',
  formula: 'return(candles) of the leader',
  edges: `0 where nothing moves. ${LAST}`,
  source: LEAD_LAG,
  parameters: { symbol, candles },
  examples: examples('leadReturn', ',1', ',3', ',6', ',24'),
  build: (scope, { symbol, candles }) => lead(scope, symbol, leader => normalisedReturn.build(leader, { candles })),
})

const leadParkinson = observedFeature({
  name: 'leadParkinson',
  group: 'market',
  summary: 'Volatility of a symbol that others follow, by the range of its last candles.',
  unit: 'log ratio',
  formula: `ln(√mean((ln(high/low) / ${RANGE_SCALE})², candles) + share·e) − ln e, of the leader`,
  edges: `${STILL_MARKET} ${LAST}`,
  source:
    'Parkinson (1980), The Extreme Value Method for Estimating the Variance of the Rate of Return, J. Business 53',
  parameters: { symbol, candles, share },
  examples: examples('leadParkinson', ',1,0.1', ',6,0'),
  build: (scope, { symbol, candles, share }) =>
    lead(scope, symbol, leader => {
      const variance = eachRow(`rangeVariance ${RANGE_SCALE}`, [logRange(leader)], (out, [range], count) => {
        for (let i = 0; i < count; i++) out[i] = (range[i] / RANGE_SCALE) * (range[i] / RANGE_SCALE)
      })
      return volatilityLogRatio(rollingMean(variance, candles), volatility(leader), logVolatility(leader), share)
    }),
})

const leadEwmaVolatility = observedFeature({
  name: 'leadEwmaVolatility',
  group: 'market',
  summary: 'Whether a symbol that others follow is waking up or calming down.',
  unit: 'log ratio',
  formula: 'ln √EWMA(r², halfLife) − ln e, of the leader',
  edges: `ln 1e-6 − ln e where nothing moves. ${LAST}`,
  source: 'J.P. Morgan/Reuters (1996), RiskMetrics Technical Document',
  parameters: { symbol, halfLife },
  examples: examples('leadEwmaVolatility', ',6', ',96'),
  build: (scope, { symbol, halfLife }) =>
    lead(scope, symbol, leader => {
      const variance = exponentialMean(withoutFirst(squaredReturn(leader)), halfLife)
      return volatilityLogRatio(variance, volatility(leader), logVolatility(leader), 0)
    }),
})

const leadVolatility = observedFeature({
  name: 'leadVolatility',
  group: 'market',
  summary: 'The level of volatility of a symbol that others follow. Levels drift over the years.',
  unit: 'ln return per candle',
  formula: 'ln e of the leader',
  edges: `ln 1e-5 where nothing moves. ${LAST}`,
  parameters: { symbol },
  examples: examples('leadVolatility', ''),
  build: (scope, { symbol }) => lead(scope, symbol, logVolatility),
})

const leadVolumeSurprise = observedFeature({
  name: 'leadVolumeSurprise',
  group: 'market',
  summary: 'How unusual the volume of a symbol that others follow is for the hours of the week.',
  unit: 'log ratio',
  formula: 'seasonalVolumeSurprise(candles) of the leader',
  edges: `Candles without volume read as far below the usual as that is. ${LAST}`,
  source: 'Chordia & Swaminathan (2000), Trading Volume and Cross-Autocorrelations in Stock Returns, J. Finance 55',
  parameters: { symbol, candles },
  examples: examples('leadVolumeSurprise', ',1'),
  build: (scope, { symbol, candles }) =>
    lead(scope, symbol, leader => seasonalVolumeSurprise.build(leader, { candles })),
})

export const leads = [leadReturn, leadParkinson, leadEwmaVolatility, leadVolatility, leadVolumeSurprise]
