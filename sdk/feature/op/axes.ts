import type { Axis, Series } from '../graph/graph.ts'

/**
 * Candles that another symbol may lack: so long its last value stands for it, and so many more candles a series that
 * crosses from its axis to another counts as its memory, since a window of the one is not the same time on the other.
 */
export const CANDLES_LACKING = 48

/** A series at the times of another axis: NaN where it has no row. */
export function onAxis(x: Series, axis: Axis): Series {
  return sameTicks(x, axis, CANDLES_LACKING)
}

/** The last value that there was at the times of another axis, as long as it is no older than `CANDLES_LACKING` candles. */
export function asOf(x: Series, axis: Axis): Series {
  return sameTicks(newestOnClock(x), axis, 0)
}

function sameTicks(x: Series, axis: Axis, lookbackRows: number): Series {
  return x.graph.add({
    key: `sameTicks ${lookbackRows}`,
    inputs: [x],
    axis,
    lookbackRows,
    firstValueRows: 0,
    start:
      () =>
      (out, [values], { count, tick }, [{ count: given, tick: givenTick }]) => {
        let j = 0
        for (let i = 0; i < count; i++) {
          while (j < given && givenTick[j] < tick[i]) j++
          out[i] = j < given && givenTick[j] === tick[i] ? values[j] : Number.NaN
        }
      },
  })
}

/** By time and not by ticks: what else is on the clock changes nothing. */
function newestOnClock(x: Series): Series {
  return x.graph.add({
    key: 'newestOnClock',
    inputs: [x],
    axis: x.graph.clock,
    lookbackRows: CANDLES_LACKING,
    firstValueRows: 0,
    start: ({ stepMs }) => {
      const longestMs = CANDLES_LACKING * stepMs
      let last = Number.NaN
      let lastMs = Number.NEGATIVE_INFINITY
      return (out, [values], { count, openTimeMs }, [{ count: given, tick }]) => {
        let j = 0
        for (let i = 0; i < count; i++) {
          if (j < given && tick[j] === i) {
            if (!Number.isNaN(values[j])) {
              last = values[j]
              lastMs = openTimeMs[i]
            }
            j++
          }
          out[i] = openTimeMs[i] - lastMs > longestMs ? Number.NaN : last
        }
      }
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
