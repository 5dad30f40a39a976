import { createRandom } from '../random.ts'
import type { Interval } from './backtest.ts'

const RESAMPLES = 1000
const LEVEL = 0.9
/** A ratio that is undefined in more resamples than this has no interval worth showing. */
const MAX_UNDEFINED_FRACTION = 0.1

export interface BootstrapOptions {
  /** Returns per candle. */
  readonly returns: Float64Array
  /** Mean length of the blocks that are kept together, in candles: longer than returns depend on each other. */
  readonly meanBlockCandles: number
  readonly candlesPerYear: number
  readonly seed: number
}

/**
 * 90 % intervals of total return and annualised Sharpe ratio by the stationary bootstrap: series of the same length are
 * put together from blocks of random start and geometric length, wrapping around the end. The Sharpe interval is null
 * where the ratio is undefined in more than a tenth of the resamples.
 * @see Politis & Romano: The Stationary Bootstrap, Journal of the American Statistical Association 89 (1994)
 */
export function bootstrapIntervals(o: BootstrapOptions): { totalReturnFraction: Interval; sharpe: Interval | null } {
  const { returns, meanBlockCandles, candlesPerYear } = o
  const n = returns.length
  const { uniform } = createRandom(o.seed, 'stationary-bootstrap')
  // a whole block costs three differences of running sums, whatever its length
  const sums = runningSums(returns)
  const logOfStaying = Math.log(1 - 1 / Math.max(meanBlockCandles, 1))

  const totals = new Float64Array(RESAMPLES)
  const sharpes = new Float64Array(RESAMPLES)
  let defined = 0
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0
    let sumOfSquares = 0
    let sumOfLogs = 0
    for (let remaining = n; remaining > 0; ) {
      const from = Math.floor(uniform() * n)
      const length = Math.min(1 + Math.floor(Math.log(1 - uniform()) / logOfStaying), remaining)
      const to = from + length
      sum += sums.plain[to] - sums.plain[from]
      sumOfSquares += sums.squares[to] - sums.squares[from]
      sumOfLogs += sums.logs[to] - sums.logs[from]
      remaining -= length
    }
    totals[r] = Math.expm1(sumOfLogs)
    const variance = (sumOfSquares - (sum * sum) / n) / (n - 1)
    if (variance > 0) sharpes[defined++] = (sum / n / Math.sqrt(variance)) * Math.sqrt(candlesPerYear)
  }
  return {
    totalReturnFraction: percentileInterval(totals),
    sharpe:
      defined < (1 - MAX_UNDEFINED_FRACTION) * RESAMPLES ? null : percentileInterval(sharpes.subarray(0, defined)),
  }
}

/** Running sums over the returns twice in a row, so that blocks can wrap around. */
function runningSums(returns: Float64Array): { plain: Float64Array; squares: Float64Array; logs: Float64Array } {
  const n = returns.length
  const plain = new Float64Array(2 * n + 1)
  const squares = new Float64Array(2 * n + 1)
  const logs = new Float64Array(2 * n + 1)
  for (let i = 0; i < 2 * n; i++) {
    const r = returns[i % n]
    plain[i + 1] = plain[i] + r
    squares[i + 1] = squares[i] + r * r
    // a total loss stays one, but must not turn every later sum into −∞
    logs[i + 1] = logs[i] + Math.log(Math.max(1 + r, 1e-12))
  }
  return { plain, squares, logs }
}

function percentileInterval(values: Float64Array): Interval {
  const sorted = values.slice().sort()
  const at = (p: number): number => sorted[Math.round(p * (sorted.length - 1))]
  return { low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2), level: LEVEL }
}
