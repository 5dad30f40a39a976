import type { Series } from '../graph/graph.ts'

/** A figure of the values `values[from … from + window − 1]`, oldest first. */
export type WindowFigure = (values: Float64Array, from: number, window: number) => number

/**
 * A figure of the last `window` values, computed anew for every row: what a running form would not give to the last bit
 * wherever history begins. NaN where a value of the window is missing, and where the figure overflows.
 * @param key names the figure with its constants
 */
export function overWindow(key: string, x: Series, window: number, figure: WindowFigure): Series {
  return x.graph.add({
    key: `${key} ${window}`,
    inputs: [x],
    lookbackRows: window - 1,
    start: () => {
      // a ring in which each value stands twice, a window apart: every window lies in one piece
      const kept = new Float64Array(2 * window)
      let slot = 0
      let unbroken = 0
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) {
          const value = values[i]
          kept[slot] = value
          kept[slot + window] = value
          if (++slot === window) slot = 0
          unbroken = Number.isNaN(value) ? 0 : unbroken + 1
          const result = unbroken < window ? Number.NaN : figure(kept, slot, window)
          out[i] = Number.isFinite(result) ? result : Number.NaN
        }
      }
    },
  })
}

/** Mean of a window, exact where all its values are the same. */
export function meanOf(values: Float64Array, from: number, window: number): number {
  const first = values[from]
  let sum = 0
  for (let i = from + 1; i < from + window; i++) sum += values[i] - first
  return first + sum / window
}

/** Sum of squared distances from `mean`; 0 where all values are the same. */
export function squaresAround(mean: number, values: Float64Array, from: number, window: number): number {
  let sum = 0
  for (let i = from; i < from + window; i++) sum += (values[i] - mean) * (values[i] - mean)
  return sum
}
