import { observedFeature } from '../../feature.ts'
import type { Scope } from '../../graph/scope.ts'
import { over } from '../../op/arithmetic.ts'
import { lag } from '../../op/lag.ts'
import { meanOf, overWindow } from '../../op/over-window.ts'
import { integer } from '../../parameters.ts'
import { logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'

const candles = integer({ min: 8, max: 1_000 })

const AMAYA =
  'Amaya, Christoffersen, Jacobs & Vasquez (2015), Does Realized Skewness Predict the Cross-Section of Equity Returns?, J. Financial Economics 118'

/** Returns in the volatility that was expected before them: else their moments would tell of its changes alone. */
const standardisedReturn = (scope: Scope) => over(logReturn(scope), lag(volatility(scope), 1))

/** `mean(d^power) / mean(d²)^(power/2)`, d the distances from the mean; 0 where there are none. */
function standardisedMoment(x: Float64Array, from: number, n: number, power: 3 | 4): number {
  const mean = meanOf(x, from, n)
  let squares = 0
  let powers = 0
  for (let i = from; i < from + n; i++) {
    const d = x[i] - mean
    squares += d * d
    powers += power === 3 ? d * d * d : d * d * d * d
  }
  const variance = squares / n
  const unit = power === 3 ? variance * Math.sqrt(variance) : variance * variance
  return unit === 0 ? 0 : powers / n / unit
}

const skewness = observedFeature({
  name: 'skewness',
  group: 'moment',
  summary: 'Whether the large moves of the last candles were rises (> 0) or falls (< 0).',
  unit: 'standardised moment',
  formula: 'mean(d³) / mean(d²)^1.5, d = z − mean(z) over the last candles, z = r[t] / e[t − 1]',
  edges: '0 where nothing moves; one jump among still candles reads as about ±√candles.',
  source: AMAYA,
  parameters: { candles },
  examples: ['skewness(72)', 'skewness(336)'],
  build: (scope, { candles }) =>
    overWindow('skewness', standardisedReturn(scope), candles, (x, from, n) => standardisedMoment(x, from, n, 3)),
})

const kurtosis = observedFeature({
  name: 'kurtosis',
  group: 'moment',
  summary: 'How much of the variance of the last candles came from few large moves: 0 for normal returns.',
  unit: 'excess standardised moment',
  formula: 'mean(d⁴) / mean(d²)² − 3, d = z − mean(z) over the last candles, z = r[t] / e[t − 1]',
  edges: '0 where nothing moves; one jump among still candles reads as about the number of candles.',
  source: AMAYA,
  parameters: { candles },
  examples: ['kurtosis(72)', 'kurtosis(336)'],
  build: (scope, { candles }) =>
    overWindow('kurtosis', standardisedReturn(scope), candles, (x, from, n) => {
      const moment = standardisedMoment(x, from, n, 4)
      return moment === 0 ? 0 : moment - 3
    }),
})

export const moments = [skewness, kurtosis]
