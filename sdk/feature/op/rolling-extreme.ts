import type { Series } from '../graph/graph.ts'
import type { RollingOptions } from './decaying-mean.ts'

/** Largest of the last `window` values. */
export const rollingMax = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, 1, options)

/** Smallest of the last `window` values. */
export const rollingMin = (x: Series, window: number, options: RollingOptions = {}): Series =>
  rollingExtreme(x, window, -1, options)

/**
 * Each row's window is the tail of a block as long as it and the head of the next: the extreme of the two's extremes.
 * @see van Herk (1992), A Fast Algorithm for Local Minimum and Maximum Filters, Pattern Recognition Letters 13
 */
function rollingExtreme(x: Series, window: number, sign: 1 | -1, { minValues = window }: RollingOptions): Series {
  return x.graph.add({
    key: `${sign > 0 ? 'rollingMax' : 'rollingMin'} ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: () => {
      const blocks = {
        values: new Float64Array(window).fill(Number.NaN),
        tails: new Float64Array(window).fill(Number.NEGATIVE_INFINITY),
      }
      const state = new Float64Array([0, Number.NEGATIVE_INFINITY, 0])
      return (out, [column], { count }) => follow(out, column, count, blocks, state, sign, minValues)
    },
  })
}

interface Blocks {
  /** A ring, and a block. */
  readonly values: Float64Array
  /** Extreme from a row to its block's end. */
  readonly tails: Float64Array
}

/** `state` is the next slot of the ring, the extreme of the block so far, and how many values the window has. */
function follow(
  out: Float64Array,
  column: Float64Array,
  count: number,
  blocks: Blocks,
  state: Float64Array,
  sign: 1 | -1,
  minValues: number,
): void {
  const { values, tails } = blocks
  const window = values.length
  let slot = state[0]
  let extreme = state[1]
  let present = state[2]
  for (let i = 0; i < count; i++) {
    if (present === window) {
      // the usual case in a loop of its own: every value is there, up to the last of the block
      const end = Math.min(count, i + window - 1 - slot)
      for (; i < end && !Number.isNaN(column[i]); i++) {
        const value = column[i] * sign + 0
        values[slot++] = value
        if (value > extreme) extreme = value
        out[i] = sign * Math.max(tails[slot], extreme) + 0
      }
      if (i === count) break
    }
    if (!Number.isNaN(values[slot])) present--
    // + 0: of −0 and 0 neither is larger, and which came first must not matter
    const value = column[i] * sign + 0
    values[slot] = value
    if (!Number.isNaN(value)) present++
    if (value > extreme) extreme = value
    if (++slot === window) {
      closeBlock(blocks)
      slot = 0
      extreme = Number.NEGATIVE_INFINITY
    }
    out[i] = present < minValues ? Number.NaN : sign * Math.max(tails[slot], extreme) + 0
  }
  state[0] = slot
  state[1] = extreme
  state[2] = present
}

function closeBlock({ values, tails }: Blocks): void {
  let extreme = Number.NEGATIVE_INFINITY
  for (let slot = values.length - 1; slot >= 0; slot--) {
    if (values[slot] > extreme) extreme = values[slot]
    tails[slot] = extreme
  }
}
