import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Scope } from '../../graph/scope.ts'
import { logOf, minus } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { rollingDeviation } from '../../op/rolling-deviation.ts'
import { candles, integer } from '../../parameters.ts'
import { squaredReturn } from '../../shared/log-return.ts'
import { logVolatility } from '../../shared/volatility.ts'

/** Past candles that `volatilityAge` compares with. */
const PAST_CANDLES = 1000

/** Far below any volatility; keeps the ratio defined where nothing moved. */
const EPSILON = 1e-12

/** Deviation that is added to that of the ex-ante volatility, so that calm does not read as −∞. */
const CALM = 1e-3

const realised = (scope: Scope, candles: number) =>
  eachRow('squareRoot', [rollingMean(squaredReturn(scope), candles)], (out, [variance], count) => {
    for (let i = 0; i < count; i++) out[i] = Math.sqrt(variance[i])
  })

export const volatilityLevel = [
  observedFeature({
    name: 'volatilityLevel',
    group: 'volatility',
    summary:
      'The ex-ante volatility itself. Levels drift over the years: forecasts were better without them, which the ratios are for.',
    unit: 'log',
    formula: 'ln e',
    edges: 'ln 1e-5 where nothing moves.',
    source: 'J.P. Morgan/Reuters (1996), RiskMetrics Technical Document',
    parameters: {},
    examples: ['volatilityLevel'],
    build: logVolatility,
  }),
  observedFeature({
    name: 'volatilityOfVolatility',
    group: 'volatility',
    summary: 'How unsteady the ex-ante volatility has been.',
    unit: 'log',
    formula: 'ln(s(ln e[t] − ln e[t − 1]) + 0.001), s the sample deviation over candles',
    edges: 'ln 0.001 where nothing changes.',
    parameters: { candles: integer({ min: 2, max: 10_000 }) },
    examples: ['volatilityOfVolatility(72)'],
    build: (scope, { candles }) => {
      const level = logVolatility(scope)
      const deviation = rollingDeviation(minus(level, lag(level, 1)), candles)
      return eachRow('volatilityOfVolatility', [deviation], (out, [values], count) => {
        for (let i = 0; i < count; i++) out[i] = ln(values[i] + CALM)
      })
    },
  }),
  observedFeature({
    name: 'volatilityAge',
    group: 'volatility',
    summary: 'Whether the volatility of the long run is above or below what shorter stretches of the past had.',
    unit: 'log ratio',
    formula: `ln(σ(long) / mean(σ(short), last ${PAST_CANDLES})), σ(n) = √mean(r², n)`,
    edges: '0 where nothing ever moved. While the history is short, the mean is of what there is.',
    parameters: { short: candles, long: candles },
    examples: ['volatilityAge(168,720)'],
    build: (scope, { short, long }) => {
      const past = rollingMean(realised(scope, short), PAST_CANDLES, { minValues: 1 })
      const ratio = eachRow('volatilityAge', [realised(scope, long), past], (out, [now, mean], count) => {
        for (let i = 0; i < count; i++) out[i] = (now[i] + EPSILON) / (mean[i] + EPSILON)
      })
      return logOf(ratio, 1e-6)
    },
  }),
]
