import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { absolute, logRatioOf, times } from '../../op/arithmetic.ts'
import { exponentialMean, rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { rollingRank } from '../../op/rolling-rank.ts'
import { logReturn, squaredReturn } from '../../shared/log-return.ts'
import { VOLATILITY_HALF_LIFE, volatility } from '../../shared/volatility.ts'

/** Keeps the liquidity of a market that stands still finite: the ex-ante volatility's floor. */
const MOVE_FLOOR = 1e-5

/** A third of a standard normal lies below −0.4307, a third above. */
const NORMAL_TERCILE = 0.4307

/** One of the three axes that a regime is told by: a score, cut in three at two thresholds. */
export interface RegimeAxis {
  readonly name: 'volatility' | 'liquidity' | 'trend'
  /** Names of the thirds, low to high. */
  readonly thirds: readonly [string, string, string]
  readonly score: (scope: Scope, candles: number) => Series
  /** Of the score: below the first is the low third, from the second on the high one. */
  readonly thresholds: readonly [number, number]
  readonly formula: string
  readonly edges: string
  readonly source: string
}

/** Money traded per move of the price. */
function liquidity(scope: Scope): Series {
  const money = times(scope.candle('close'), scope.candle('volume'))
  const means = [money, absolute(logReturn(scope))].map(x => exponentialMean(x, VOLATILITY_HALF_LIFE))
  return eachRow('liquidity', [means[0], means[1]], (out, [traded, move], count) => {
    for (let i = 0; i < count; i++) out[i] = traded[i] / (move[i] + MOVE_FLOOR)
  })
}

export const volatilityAxis: RegimeAxis = {
  name: 'volatility',
  thirds: ['calm', 'usual', 'wild'],
  // its own past says what is much for a symbol
  score: (scope, candles) => rollingRank(volatility(scope), candles),
  thresholds: [1 / 3, 2 / 3],
  formula: 'share of the last candles whose e is below e[t], equal ones counting half',
  edges: '0.5 where e did not change.',
  source: 'Andersen, Bollerslev, Diebold & Labys (2003), Modeling and Forecasting Realized Volatility, Econometrica 71',
}

export const liquidityAxis: RegimeAxis = {
  name: 'liquidity',
  thirds: ['thin', 'usual', 'deep'],
  score: (scope, candles) => rollingRank(liquidity(scope), candles),
  thresholds: [1 / 3, 2 / 3],
  formula:
    'share of the last candles whose l is below l[t], equal ones counting half; l = EWMA₂₄(close·volume) / (EWMA₂₄(|r|) + 1e-5), Amihud’s illiquidity inverted, of means so that candles without volume count',
  edges: '0.5 where nothing was traded all the time.',
  source: 'Amihud (2002), Illiquidity and Stock Returns, J. Financial Markets 5',
}

export const trendAxis: RegimeAxis = {
  name: 'trend',
  thirds: ['down', 'sideways', 'up'],
  score: (scope, candles) => {
    const close = scope.candle('close')
    const move = logRatioOf(close, lag(close, candles))
    return eachRow(`trend ${candles}`, [move, rollingMean(squaredReturn(scope), candles)], (out, [m, v], count) => {
      for (let i = 0; i < count; i++) out[i] = v[i] === 0 ? 0 : m[i] / Math.sqrt(candles * v[i])
    })
  },
  thresholds: [-NORMAL_TERCILE, NORMAL_TERCILE],
  formula: 'ln(close[t] / close[t − candles]) / √Σ r² over the last candles: standard normal for a random walk',
  edges: '0 where nothing moved; never beyond ±√candles.',
  source: 'Moskowitz, Ooi & Pedersen (2012), Time Series Momentum, J. Financial Economics 104',
}

/**
 * 0, 1, 2: the third that the score lies in. No hysteresis: a label that remembers its last switch would depend on where
 * history begins. What holds labels still is the smoothness of the scores.
 */
export function thirdOf({ name, score, thresholds }: RegimeAxis, scope: Scope, candles: number): Series {
  const [low, high] = thresholds
  return eachRow(`thirdOf ${name}`, [score(scope, candles)], (out, [x], count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] < low ? 0 : x[i] < high ? 1 : x[i] >= high ? 2 : Number.NaN
  })
}
