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
      const state = new Int32Array(2)
      return (out, [values], { count }) => slide(out, values, count, kept, state, figure)
    },
  })
}

/** `state` is the ring's slot of the oldest value, and how many there were since the last missing one. */
function slide(
  out: Float64Array,
  values: Float64Array,
  count: number,
  kept: Float64Array,
  state: Int32Array,
  figure: WindowFigure,
): void {
  const window = kept.length / 2
  let slot = state[0]
  let unbroken = state[1]
  for (let i = 0; i < count; i++) {
    const value = values[i]
    kept[slot] = value
    kept[slot + window] = value
    if (++slot === window) slot = 0
    unbroken = Number.isNaN(value) ? 0 : Math.min(unbroken + 1, window)
    const result = unbroken < window ? Number.NaN : figure(kept, slot, window)
    out[i] = Number.isFinite(result) ? result : Number.NaN
  }
  state[0] = slot
  state[1] = unbroken
}

/** Mean of a window, exact where all its values are the same. */
export function meanOf(values: Float64Array, from: number, window: number): number {
  const first = values[from]
  const end = from + window
  // four sums at a time do not wait for each other
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = from
  for (; i + 3 < end; i += 4) {
    a += values[i] - first
    b += values[i + 1] - first
    c += values[i + 2] - first
    d += values[i + 3] - first
  }
  for (; i < end; i++) a += values[i] - first
  return first + (a + b + (c + d)) / window
}

/** Sum of a window's distances from `mean`; 0 where all values are the same. */
export function distancesFrom(mean: number, values: Float64Array, from: number, window: number): number {
  const end = from + window
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = from
  for (; i + 3 < end; i += 4) {
    a += Math.abs(values[i] - mean)
    b += Math.abs(values[i + 1] - mean)
    c += Math.abs(values[i + 2] - mean)
    d += Math.abs(values[i + 3] - mean)
  }
  for (; i < end; i++) a += Math.abs(values[i] - mean)
  return a + b + (c + d)
}

/** Sum of squared distances from `mean`; 0 where all values are the same. */
export function squaresAround(mean: number, values: Float64Array, from: number, window: number): number {
  let sum = 0
  for (let i = from; i < from + window; i++) sum += (values[i] - mean) * (values[i] - mean)
  return sum
}
