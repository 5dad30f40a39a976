import type { Axis, Series } from '../graph/graph.ts'

/** Fills `out[0 … count − 1]` from the inputs' same rows alone. */
export type RowsOf<Inputs> = (out: Float64Array, inputs: Inputs, count: number) => void

/**
 * A series whose every value is made of its inputs' values in the same row. The loop is the caller's, so that each is
 * compiled by itself.
 * @param key names the operation with its constants
 */
export function eachRow<const Inputs extends readonly Series[]>(
  key: string,
  inputs: Inputs,
  fill: RowsOf<{ [K in keyof Inputs]: Float64Array }>,
): Series {
  return inputs[0].graph.add({
    key,
    inputs,
    start: () => (out, columns, rows) => fill(out, columns as never, rows.count),
  })
}

/** A series that is a function of its row's time alone. */
export function eachTime(key: string, graph: Series['graph'], axis: Axis, at: (openTimeMs: number) => number): Series {
  return graph.add({
    key,
    inputs: [],
    axis,
    start:
      () =>
      (out, _inputs, { count, openTimeMs }) => {
        for (let i = 0; i < count; i++) out[i] = at(openTimeMs[i])
      },
  })
}
