import type { Series } from '../../graph/graph.ts'

/**
 * A state that begins in one way and ends in another, so that it does not flicker: the value of the last row at which
 * `starts` was not 0, unless `ends` was 1 after it, or more than `maxRows` rows ago; else 0. A row at which either is not
 * known has no state and changes none.
 */
export function latch(starts: Series, ends: Series, maxRows: number): Series {
  return starts.graph.add({
    key: `latch ${maxRows}`,
    inputs: [starts, ends],
    lookbackRows: maxRows,
    firstValueRows: 0,
    start: () => {
      let state = 0
      let age = 0
      return (out, [started, ended], { count }) => {
        for (let i = 0; i < count; i++) {
          age++
          if (Number.isNaN(started[i]) || Number.isNaN(ended[i])) {
            out[i] = Number.NaN
            continue
          }
          if (started[i] !== 0) {
            state = started[i]
            age = 0
          } else if (ended[i] === 1 || age > maxRows) state = 0
          out[i] = state
        }
      }
    },
  })
}
