import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { clipped, squared, times } from '../../op/arithmetic.ts'
import { onAxis } from '../../op/axes.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { halfLife, symbol } from '../../parameters.ts'
import { logReturn, squaredReturn } from '../../shared/log-return.ts'

/** Keep the ratios defined where nothing moved. */
const STILL_VARIANCE = 1e-10
const STILL_PRODUCT = 1e-14

const LOWEST_BETA = -1
const HIGHEST_BETA = 4

const EDGES = '0 where one of the two does not move; where the other symbol lacks a candle it counts as not moving.'

/** The other symbol's return over the same candle. */
function returnOf(scope: Scope, symbol: string): Series {
  const there = onAxis(logReturn(scope.of(symbol)), scope.axis)
  return eachRow('zeroWhereMissing', [there], (out, [r], count) => {
    for (let i = 0; i < count; i++) out[i] = Number.isNaN(r[i]) ? 0 : r[i]
  })
}

const covariance = (scope: Scope, other: Series, halfLife: number): Series =>
  exponentialMean(times(logReturn(scope), other), halfLife)

export const beta = observedFeature({
  name: 'beta',
  group: 'market',
  summary: 'How far the symbol goes when another goes 1 %.',
  unit: 'ratio',
  formula: `clip(EWMA(r·o, halfLife) / (EWMA(o², halfLife) + ${STILL_VARIANCE}), ${LOWEST_BETA}, ${HIGHEST_BETA}), o the other symbol’s r`,
  edges: EDGES,
  source: 'Sharpe (1964), Capital Asset Prices: A Theory of Market Equilibrium under Conditions of Risk, J. Finance 19',
  parameters: { symbol, halfLife },
  examples: ['beta(BTC/USDT,96)'],
  build: (scope, { symbol, halfLife }) => {
    const other = returnOf(scope, symbol)
    const inputs = [covariance(scope, other, halfLife), exponentialMean(squared(other), halfLife)] as const
    const slope = eachRow('slope', inputs, (out, [together, variance], count) => {
      for (let i = 0; i < count; i++) out[i] = together[i] / (variance[i] + STILL_VARIANCE)
    })
    return clipped(slope, LOWEST_BETA, HIGHEST_BETA)
  },
})

export const correlation = observedFeature({
  name: 'correlation',
  group: 'market',
  summary: 'How closely the symbol goes with another.',
  unit: 'fraction',
  formula: `clip(EWMA(r·o, halfLife) / √(EWMA(o², halfLife)·EWMA(r², halfLife) + ${STILL_PRODUCT}), ±1), o the other symbol’s r`,
  edges: EDGES,
  source: 'J.P. Morgan/Reuters (1996), RiskMetrics Technical Document',
  parameters: { symbol, halfLife },
  examples: ['correlation(BTC/USDT,96)'],
  build: (scope, { symbol, halfLife }) => {
    const other = returnOf(scope, symbol)
    const inputs = [
      covariance(scope, other, halfLife),
      exponentialMean(squared(other), halfLife),
      exponentialMean(squaredReturn(scope), halfLife),
    ] as const
    const together = eachRow('correlation', inputs, (out, [both, others, own], count) => {
      for (let i = 0; i < count; i++) out[i] = both[i] / Math.sqrt(others[i] * own[i] + STILL_PRODUCT)
    })
    return clipped(together, -1, 1)
  },
})
