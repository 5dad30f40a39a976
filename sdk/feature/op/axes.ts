import type { Axis, Series } from '../graph/graph.ts'

/**
 * Candles that another symbol may lack. So long its last value stands for it. And a window of its candles is not the same
 * time on another axis: where it lacks candles that the other has, it reaches further back than as many of the other's.
 * Whoever crosses axes counts so many more rows as memory; where a symbol lacks more of them within a memory, its value is
 * made of what it has, and older history still changes it. No bound could be promised for that: cut off, such a symbol
 * cannot be told from one that began to trade of late, which has values too.
 */
export const CANDLES_LACKING = 48

/** A series at the times of another axis: NaN where it has no row. */
export function onAxis(x: Series, axis: Axis): Series {
  return x.graph.add({
    key: 'onAxis',
    inputs: [x],
    axis,
    lookbackRows: CANDLES_LACKING,
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

/** The last value that there was at the times of another axis, as long as it is no older than `CANDLES_LACKING` candles. */
export const asOf = (x: Series, axis: Axis): Series => onAxis(newestOnClock(x), axis)

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

/** Without the values that are too young to be trusted, as of a symbol that began to trade of late. */
export function settled(x: Series): Series {
  const { settlingRows, warmupRows, memoryRows } = x
  if (settlingRows <= warmupRows) return x
  return x.graph.add({
    key: 'settled',
    inputs: [x],
    lookbackRows: Math.max(0, settlingRows - memoryRows),
    firstValueRows: settlingRows - warmupRows,
    start: () => {
      let young = settlingRows
      return (out, [values], { count }) => {
        for (let i = 0; i < count; i++) out[i] = young > i ? Number.NaN : values[i]
        young = Math.max(0, young - count)
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
