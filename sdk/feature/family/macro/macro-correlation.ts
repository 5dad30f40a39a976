import { ln } from '../../../portable-math.ts'
import { DAY_MS } from '../../../units.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import type { MacroSeries } from '../../input/input-source.ts'
import { clipped, squared, times } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { integer, oneOf } from '../../parameters.ts'
import { KNOWN_FROM, sessionReturn } from './macro-level.ts'

/** Below so many pairs of returns a correlation is noise. */
const MIN_SESSIONS = 10
/** Five sessions a week. */
const DAYS_PER_SESSION = 7 / 5
/** Variance of what does not move, relative to the mean square. */
const STILL = 1e-12

const candlesPerDay = (scope: Scope): number => Math.max(1, Math.round(DAY_MS / scope.stepMs))

/** 1 at the candle that is the first to know a session, 0 elsewhere. */
const isNewSession = (scope: Scope, series: MacroSeries): Series => {
  const date = scope.input(`${series.toLowerCase()}Session`)
  return eachRow('isNewSession', [date, lag(date, 1)], (out, [now, before], count) => {
    for (let i = 0; i < count; i++) out[i] = now[i] !== before[i] && now[i] > 0 && before[i] > 0 ? 1 : 0
  })
}

/** The move over a day of candles. */
const dailyReturn = (scope: Scope): Series => {
  const close = scope.candle('close')
  return eachRow('dailyReturn', [close, lag(close, candlesPerDay(scope))], (out, [now, then], count) => {
    for (let i = 0; i < count; i++) out[i] = ln(now[i] / then[i])
  })
}

/** `x` where `where` is 1 and both returns are there, else 0: a mean over candles is then one over sessions. */
const only = (x: Series, where: Series): Series =>
  eachRow('only', [x, where], (out, [values, flags], count) => {
    for (let i = 0; i < count; i++) out[i] = flags[i] === 1 ? values[i] : 0
  })

export const macroCorrelation = observedFeature({
  name: 'macroCorrelation',
  group: 'macro',
  summary:
    'Whether the symbol goes with the S&P 500 (SPY) or with the US dollar index (DXY): correlation of daily returns, one pair a session.',
  unit: 'correlation',
  formula:
    'corr(ln(close / close[24 h before]), ln(session close / the one before)) over the candles that were the first to know a session, in sessions·7/5 days',
  edges: `0 where one of them stood still; no value with fewer than ${MIN_SESSIONS} sessions in these days. Of sessions that became known while candles were missing, the newest counts. ${KNOWN_FROM}`,
  parameters: { series: oneOf(['SPY', 'DXY']), sessions: integer({ min: MIN_SESSIONS, max: 252 }) },
  examples: ['macroCorrelation(SPY,20)', 'macroCorrelation(SPY,60)', 'macroCorrelation(DXY,60)'],
  build: (scope, { series, sessions }) => {
    const window = Math.round(sessions * DAYS_PER_SESSION * candlesPerDay(scope))
    const own = dailyReturn(scope)
    const other = sessionReturn(scope, series, 1)
    const isPair = eachRow('isPair', [isNewSession(scope, series), own, other], (out, [isNew, x, y], count) => {
      for (let i = 0; i < count; i++) out[i] = isNew[i] === 1 && !Number.isNaN(x[i] + y[i]) ? 1 : 0
    })
    const mean = (x: Series): Series => rollingMean(only(x, isPair), window)
    const correlation = eachRow(
      `macroCorrelation ${window}`,
      [
        rollingMean(isPair, window),
        mean(own),
        mean(other),
        mean(squared(own)),
        mean(squared(other)),
        mean(times(own, other)),
      ],
      (out, [share, x, y, xx, yy, xy], count) => {
        for (let i = 0; i < count; i++) {
          const n = share[i]
          const ownVariance = xx[i] * n - x[i] * x[i]
          const otherVariance = yy[i] * n - y[i] * y[i]
          const moves = ownVariance > STILL * xx[i] * n && otherVariance > STILL * yy[i] * n
          const value = moves ? (xy[i] * n - x[i] * y[i]) / Math.sqrt(ownVariance * otherVariance) : 0
          const isKnown = n * window > MIN_SESSIONS - 0.5
          out[i] = isKnown ? value : Number.NaN
        }
      },
    )
    // rounding can carry it beyond
    return clipped(correlation, -1, 1)
  },
})
