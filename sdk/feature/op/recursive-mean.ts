import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'

/** What the values before `lookbackRows` may still weigh. */
const REST = 1e-12

/** Rows that a recursive mean depends on, the newest not counted. */
export const recursiveLookback = (rows: number, weight: number): number =>
  rows - 1 + Math.ceil(ln(REST) / ln(1 - weight))

/**
 * Wilder's smoothing: the mean of the first `rows` values, then `m += (x − m) / rows`.
 * @see Wilder (1978), New Concepts in Technical Trading Systems
 */
export const wilderMean = (x: Series, rows: number): Series => recursiveMean(x, rows, 1 / rows)

/** The published exponential moving average: the mean of the first `rows` values, then `m += (x − m)·2 / (rows + 1)`. */
export const movingAverage = (x: Series, rows: number): Series => recursiveMean(x, rows, 2 / (rows + 1))

/**
 * Published indicators begin with a plain mean and never forget, so their memory is not exact: `exponentialMean`, which
 * is cut off, is what features that need not equal a publication are made of. Missing values are passed over.
 */
function recursiveMean(x: Series, rows: number, weight: number): Series {
  return x.graph.add({
    key: `recursiveMean ${rows} ${weight}`,
    inputs: [x],
    lookbackRows: recursiveLookback(rows, weight),
    firstValueRows: rows - 1,
    exactMemory: rows === 1,
    start: () => {
      let kept = 0
      let seen = 0
      return (out, [values], { count }) => {
        let mean = kept
        for (let i = 0; i < count; i++) {
          const value = values[i]
          if (Number.isNaN(value)) {
            out[i] = Number.NaN
            continue
          }
          mean += (seen < rows ? 1 / ++seen : weight) * (value - mean)
          out[i] = seen < rows ? Number.NaN : mean
        }
        kept = mean
      }
    },
  })
}
