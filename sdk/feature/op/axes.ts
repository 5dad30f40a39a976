import type { Axis, Series } from '../graph/graph.ts'

/** A symbol's series on the clock: NaN at ticks where the symbol has no candle. */
export function toClock(x: Series): Series {
  return x.graph.add({
    key: 'toClock',
    inputs: [x],
    axis: x.graph.clock,
    start:
      () =>
      (out, [values], { count }, [{ count: given, tick }]) => {
        out.fill(Number.NaN, 0, count)
        for (let i = 0; i < given; i++) out[tick[i]] = values[i]
      },
  })
}

/** A series on the clock as of a symbol's own candles. */
export function fromClock(x: Series, axis: Axis): Series {
  return x.graph.add({
    key: 'fromClock',
    inputs: [x],
    axis,
    start:
      () =>
      (out, [values], { count, tick }) => {
        for (let i = 0; i < count; i++) out[i] = values[tick[i]]
      },
  })
}

/** The last value there was, no older than `maxRows` rows. */
export function carriedForward(x: Series, maxRows: number): Series {
  return x.graph.add({
    key: `carriedForward ${maxRows}`,
    inputs: [x],
    lookbackRows: maxRows,
    firstValueRows: 0,
    start: () => {
      let last = Number.NaN
      let age = 0
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) {
          if (Number.isNaN(values[i])) age++
          else {
            last = values[i]
            age = 0
          }
          out[i] = age > maxRows ? Number.NaN : last
        }
      }
    },
  })
}
