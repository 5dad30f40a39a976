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

/** The published exponential moving average: the mean of the first `rows` values, then `m += (x − m)·2 / (rows + 1)`. */
export const movingAverage = (x: Series, rows: number): Series => recursiveMean(x, rows, averageWeight(rows))

/** What the newest value weighs in a moving average. */
export const averageWeight = (rows: number): number => 2 / (rows + 1)

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
      const state = new Float64Array(2)
      return (out, [values], { count }) => follow(out, values, count, state, rows, weight)
    },
  })
}

/**
 * Takes in values; `state` is the mean and how many there were, up to `rows`. Loops stand outside of closures, so that those
 * of all series are compiled once.
 */
function follow(
  out: Float64Array,
  values: Float64Array,
  count: number,
  state: Float64Array,
  rows: number,
  weight: number,
): void {
  let mean = state[0]
  let seen = state[1]
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
  state[0] = mean
  state[1] = seen
}
