import type { Series } from '../graph/graph.ts'

/** The value `rows` rows earlier. */
export function lag(x: Series, rows: number): Series {
  return x.graph.add({
    key: `lag ${rows}`,
    inputs: [x],
    lookbackRows: rows,
    start: () => {
      const kept = new Float64Array(rows).fill(Number.NaN) // a ring
      let slot = 0
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) {
          out[i] = kept[slot]
          kept[slot] = values[i]
          if (++slot === rows) slot = 0
        }
      }
    },
  })
}
