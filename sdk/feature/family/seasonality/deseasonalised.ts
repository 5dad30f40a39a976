import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { exponentialMean, rollingMean } from '../../op/decaying-mean.ts'
import { eachRow, eachTime } from '../../op/each-row.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, halfLife, share } from '../../parameters.ts'
import { seasonOf } from '../../seasonality/season.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { squaredReturn } from '../../shared/log-return.ts'
import { parkinsonVariance } from '../../shared/range-variance.ts'

const P = 'p the profile’s volatility at the hour of the week of the candle’s opening'

/** A candle's variance in units of what is usual at its hour of the week. */
const withoutSeason = (scope: Scope, variance: Series): Series => {
  const usual = eachTime('seasonVolatility', scope.graph, scope.axis, seasonOf(scope).volatility)
  return eachRow('withoutSeason', [variance, usual], (out, [v, p], count) => {
    for (let i = 0; i < count; i++) out[i] = v[i] / (p[i] * p[i])
  })
}

export const deseasonalised = [
  observedFeature({
    name: 'deseasonalisedVolatility',
    group: 'seasonality',
    summary: 'Volatility of the last returns, each in units of its hour’s usual one, against the ex-ante one.',
    unit: 'log ratio',
    formula: `ln(√mean((r/p)², candles) + share·e) − ln e, ${P}`,
    edges: STILL_MARKET,
    parameters: { candles, share },
    examples: [
      'deseasonalisedVolatility(1,0.1)',
      'deseasonalisedVolatility(3,0.1)',
      'deseasonalisedVolatility(6,0.1)',
      'deseasonalisedVolatility(12,0.1)',
    ],
    build: (scope, { candles, share }) =>
      againstVolatility(scope, rollingMean(withoutSeason(scope, squaredReturn(scope)), candles), share),
  }),
  observedFeature({
    name: 'deseasonalisedEwma',
    group: 'seasonality',
    summary: 'How much of the ex-ante volatility is the season’s: the same mean of returns without their season.',
    unit: 'log ratio',
    formula: `ln(√EWMA((r/p)², halfLife) + share·e) − ln e, ${P}`,
    edges: STILL_MARKET,
    parameters: { halfLife, share },
    examples: ['deseasonalisedEwma(24,0)'],
    build: (scope, { halfLife, share }) =>
      againstVolatility(scope, exponentialMean(withoutSeason(scope, squaredReturn(scope)), halfLife), share),
  }),
  observedFeature({
    name: 'deseasonalisedParkinson',
    group: 'seasonality',
    summary:
      'Volatility by the range of the last candles, each in units of its hour’s usual one, against the ex-ante one.',
    unit: 'log ratio',
    formula: `ln(√mean(ln(high/low)² / (2.7726·p²), candles) + share·e) − ln e, ${P}`,
    edges: STILL_MARKET,
    parameters: { candles, share },
    examples: [
      'deseasonalisedParkinson(1,0.05)',
      'deseasonalisedParkinson(3,0.05)',
      'deseasonalisedParkinson(12,0.05)',
    ],
    build: (scope, { candles, share }) =>
      againstVolatility(scope, rollingMean(withoutSeason(scope, parkinsonVariance(scope)), candles), share),
  }),
]
