import { observedFeature } from '../../feature.ts'
import { times } from '../../op/arithmetic.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { halfLife } from '../../parameters.ts'
import { logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'

/** Brings a mean of returns, which is small beside one return, to the size of the other features. */
const GAIN = 4

export const drift = [
  observedFeature({
    name: 'drift',
    group: 'return',
    summary: 'Which way the market has been going. Falls raise the volatility to come, the leverage effect.',
    unit: 'ex-ante σ',
    formula: `${GAIN}·EWMA(r, halfLife) / e`,
    source: 'Black (1976), Studies of Stock Price Volatility Changes',
    parameters: { halfLife },
    examples: ['drift(24)'],
    build: (scope, { halfLife }) =>
      eachRow('drift', [exponentialMean(logReturn(scope), halfLife), volatility(scope)], (out, [mean, e], count) => {
        for (let i = 0; i < count; i++) out[i] = (GAIN * mean[i]) / e[i]
      }),
  }),
  observedFeature({
    name: 'autocovariance',
    group: 'return',
    summary: 'Whether moves have been followed by moves the same way (> 0, trend) or back (< 0, reversal).',
    unit: 'ex-ante σ²',
    formula: 'EWMA(r[t]·r[t − 1], halfLife) / e²',
    parameters: { halfLife },
    examples: ['autocovariance(24)'],
    build: (scope, { halfLife }) => {
      const r = logReturn(scope)
      return eachRow(
        'autocovariance',
        [exponentialMean(times(r, lag(r, 1)), halfLife), volatility(scope)],
        (out, [mean, e], count) => {
          for (let i = 0; i < count; i++) out[i] = mean[i] / (e[i] * e[i])
        },
      )
    },
  }),
]
