import type { Series } from '../graph/graph.ts'
import type { RollingOptions } from './decaying-mean.ts'

/** Largest of the last `window` values. */
export const rollingMax = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, 1, options)

/** Smallest of the last `window` values. */
export const rollingMin = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, -1, options)

/**
 * Each row's window is the tail of a block as long as it and the head of the next: the extreme of the two's extremes.
 * @see van Herk (1992), A Fast Algorithm for Local Minimum and Maximum Filters, Pattern Recognition Letters 13
 */
function rollingExtreme(x: Series, window: number, sign: 1 | -1, { minValues = window }: RollingOptions): Series {
  return x.graph.add({
    key: `${sign > 0 ? 'rollingMax' : 'rollingMin'} ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: () => {
      const values = new Float64Array(window).fill(Number.NaN) // a ring, and a block
      const tails = new Float64Array(window).fill(Number.NEGATIVE_INFINITY) // extreme from a row to its block's end
      let slot = 0
      let head = Number.NEGATIVE_INFINITY
      let present = 0

      const closeBlock = (): void => {
        let extreme = Number.NEGATIVE_INFINITY
        for (let s = window - 1; s >= 0; s--) {
          if (values[s] > extreme) extreme = values[s]
          tails[s] = extreme
        }
      }

      return (out, [column], { count }) => {
        let [s, extreme, n] = [slot, head, present]
        for (let i = 0; i < count; i++) {
          if (!Number.isNaN(values[s])) n--
          // + 0: of −0 and 0 neither is larger, and which came first must not matter
          const value = column[i] * sign + 0
          values[s] = value
          if (!Number.isNaN(value)) n++
          if (value > extreme) extreme = value
          if (++s === window) {
            closeBlock()
            s = 0
            extreme = Number.NEGATIVE_INFINITY
          }
          const largest = tails[s] > extreme ? tails[s] : extreme
          out[i] = n < minValues ? Number.NaN : sign * largest + 0
        }
        slot = s
        head = extreme
        present = n
      }
    },
  })
}
