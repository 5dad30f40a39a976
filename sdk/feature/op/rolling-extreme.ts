import type { Series } from '../graph/graph.ts'
import type { RollingOptions } from './decaying-mean.ts'

/** Largest of the last `window` values. */
export const rollingMax = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, 1, options)

/** Smallest of the last `window` values. */
export const rollingMin = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, -1, options)

/**
 * A queue of the rows that may still become the extreme: each new value drops the ones it surpasses.
 * @see Lemire (2006), Streaming Maximum-Minimum Filter Using No More than Three Comparisons per Element
 */
function rollingExtreme(x: Series, window: number, sign: 1 | -1, { minValues = window }: RollingOptions): Series {
  return x.graph.add({
    key: `${sign > 0 ? 'rollingMax' : 'rollingMin'} ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: () => {
      const queueRows = new Float64Array(window) // rings
      const queueValues = new Float64Array(window)
      const isPresent = new Uint8Array(window)
      let first = 0 // of the queue
      let size = 0
      let row = 0
      let present = 0
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++, row++) {
          const value = values[i] * sign
          const slot = row % window
          present -= isPresent[slot]
          isPresent[slot] = Number.isNaN(value) ? 0 : 1
          present += isPresent[slot]
          if (size > 0 && queueRows[first] <= row - window) {
            first = first + 1 === window ? 0 : first + 1
            size--
          }
          if (isPresent[slot] === 1) {
            let last = (first + size - 1 + window) % window
            while (size > 0 && queueValues[last] <= value) {
              size--
              last = last === 0 ? window - 1 : last - 1
            }
            last = last + 1 === window ? 0 : last + 1
            if (size === 0) last = first
            queueRows[last] = row
            queueValues[last] = value
            size++
          }
          out[i] = present < minValues ? Number.NaN : sign * queueValues[first]
        }
      }
    },
  })
}
