import type { Series } from '../graph/graph.ts'

/** Rows since the largest of the last `window` values, 0 … window − 1; of equal ones the newest counts. */
export const ageOfMax = (x: Series, window: number): Series => extremeAge(x, window, 1)

/** Rows since the smallest of the last `window` values. */
export const ageOfMin = (x: Series, window: number): Series => extremeAge(x, window, -1)

/** Every row must have a value. Scans the window only when the extreme has left it: seldom more often than once a window. */
function extremeAge(x: Series, window: number, sign: 1 | -1): Series {
  return x.graph.add({
    key: `${sign > 0 ? 'ageOfMax' : 'ageOfMin'} ${window}`,
    inputs: [x],
    lookbackRows: window - 1,
    start: () => {
      const kept = new Float64Array(window) // a ring
      let row = 0
      let extremeRow = -1
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++, row++) {
          const value = sign * values[i]
          kept[row % window] = value
          if (extremeRow <= row - window || extremeRow < 0) {
            extremeRow = Math.max(0, row - window + 1)
            for (let at = extremeRow + 1; at <= row; at++) {
              if (kept[at % window] >= kept[extremeRow % window]) extremeRow = at
            }
          } else if (value >= kept[extremeRow % window]) extremeRow = row
          out[i] = row < window - 1 ? Number.NaN : row - extremeRow
        }
      }
    },
  })
}
