import type { Series } from '../graph/graph.ts'

/**
 * Share of the last `window` values below the newest, equal ones counting half: 0 … 1. NaN where a value is missing.
 * The window is kept in order: a value is found by halving, and moving the others on is one copy within memory.
 */
export function rollingRank(x: Series, window: number): Series {
  return x.graph.add({
    key: `rollingRank ${window}`,
    inputs: [x],
    lookbackRows: window - 1,
    start: () => {
      const kept = new Float64Array(window) // a ring
      const ordered = new Float64Array(window)
      let slot = 0
      let size = 0
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) {
          const value = values[i]
          if (Number.isNaN(value)) {
            size = 0
            out[i] = Number.NaN
            continue
          }
          if (size === window) {
            const leaving = countBelow(ordered, size, kept[slot])
            ordered.copyWithin(leaving, leaving + 1, size--)
          }
          const below = countBelow(ordered, size, value)
          ordered.copyWithin(below + 1, below, size++)
          ordered[below] = value
          kept[slot] = value
          if (++slot === window) slot = 0
          let equal = 1
          while (below + equal < size && ordered[below + equal] === value) equal++
          out[i] = size < window ? Number.NaN : (2 * below + equal) / (2 * window)
        }
      }
    },
  })
}

/** How many of the first `size` ordered values are smaller than `value`. */
function countBelow(ordered: Float64Array, size: number, value: number): number {
  let from = 0
  let to = size
  while (from < to) {
    const middle = (from + to) >>> 1
    if (ordered[middle] < value) from = middle + 1
    else to = middle
  }
  return from
}
