import type { CandleSeries } from '../candle/candle.ts'
import { ln } from '../portable-math.ts'
import { timeframeMs } from '../units.ts'
import type { SharedSeries } from './feature.ts'
import { exponentialMean } from './rolling.ts'

/** Half-life of the ex-ante volatility, in candles. */
const HALF_LIFE = 24

/**
 * Returns that exponentially weighted features look back on: seven half-lives of the ex-ante volatility. What an endless
 * memory would add has 0.8 % of the weight, and cutting it off makes every value a function of the last 169 candles alone:
 * a browser that holds a week of candles and a trainer that holds seven years compute the same numbers.
 */
export const MEMORY_CANDLES = 168

/** Keeps the volatility of a market that stands still above 0. */
const VOLATILITY_FLOOR = 1e-5

const square = (x: number): number => x * x

/** Computes what several features share. `O(length)`. */
export function computeSharedSeries(series: CandleSeries): SharedSeries {
  const { length, high, low, close } = series
  const firstCandle = series.openTimeMs[0] / timeframeMs(series.timeframe)
  const logReturn = new Float64Array(length)
  const squaredReturn = new Float64Array(length)
  for (let t = 1; t < length; t++) {
    logReturn[t] = ln(close[t] / close[t - 1])
    squaredReturn[t] = square(logReturn[t])
  }
  // index 0 has no return
  const variance = exponentialMean(squaredReturn, {
    window: MEMORY_CANDLES,
    halfLife: HALF_LIFE,
    firstCandle,
    from: 1,
  })
  const volatility = new Float64Array(length).fill(Number.NaN)
  const logVolatility = new Float64Array(length).fill(Number.NaN)
  for (let t = MEMORY_CANDLES; t < length; t++) {
    volatility[t] = Math.sqrt(variance[t]) + VOLATILITY_FLOOR
    logVolatility[t] = ln(volatility[t])
  }
  const parkinsonVariance = new Float64Array(length)
  for (let t = 0; t < length; t++) parkinsonVariance[t] = square(ln(high[t] / low[t])) / (4 * Math.LN2)
  return {
    firstCandle,
    logReturn,
    squaredReturn,
    volatility,
    logVolatility,
    parkinsonVariance,
  }
}
