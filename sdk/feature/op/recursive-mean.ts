import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'

/**
 * What the values before `lookbackRows` may still weigh: 1e-9 of what indicators divide means by at the least (the price
 * times `STILL`, 1e-9), even where prices were a million times higher then.
 */
const REST = 1e-24

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
        let i = 0
        for (; i < count && seen < rows; i++) {
          if (!Number.isNaN(values[i])) mean += (values[i] - mean) / ++seen
          out[i] = seen === rows ? mean : Number.NaN
        }
        for (; i < count; i++) {
          const value = values[i]
          if (!Number.isNaN(value)) mean += weight * (value - mean)
          out[i] = Number.isNaN(value) ? Number.NaN : mean
        }
        kept = mean
      }
    },
  })
}
