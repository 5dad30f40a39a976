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
        slot = delay(out, values, count, kept, slot)
      }
    },
  })
}

/** @returns the ring's slot of the oldest value after these */
function delay(out: Float64Array, values: Float64Array, count: number, kept: Float64Array, from: number): number {
  const rows = kept.length
  const old = Math.min(count, rows)
  let slot = from
  for (let i = 0; i < old; i++) {
    out[i] = kept[slot]
    // the newest take the place of the oldest, which has just been read
    kept[slot] = values[count - old + i]
    if (++slot === rows) slot = 0
  }
  for (let i = rows; i < count; i++) out[i] = values[i - rows]
  return slot
}
