/** The spread is estimated anew for each block of rows … */
const BLOCK_ROWS = 24

/** … from this many rows before and after its middle: about two weeks of hours, so that a violent month is measured by itself. */
const REACH_ROWS = 180

/** Fewer known values than this give no spread. */
const MIN_VALUES = 48

/**
 * Walks over `values` (NaN: unknown) block by block and hands out the known values around each block, sorted. Two-sided:
 * this judges history, and nothing that is traded on. The window's memory is used again for the next block.
 */
export function overWindows(
  values: Float64Array,
  visit: (sorted: Float64Array, fromRow: number, toRow: number) => void,
): void {
  const buffer = new Float64Array(2 * REACH_ROWS)
  for (let fromRow = 0; fromRow < values.length; fromRow += BLOCK_ROWS) {
    const toRow = Math.min(fromRow + BLOCK_ROWS, values.length)
    const middle = fromRow + BLOCK_ROWS / 2
    const end = Math.min(middle + REACH_ROWS, values.length)
    let known = 0
    for (let row = Math.max(0, middle - REACH_ROWS); row < end; row++) {
      const value = values[row]
      if (!Number.isNaN(value)) buffer[known++] = value
    }
    if (known >= MIN_VALUES) visit(buffer.subarray(0, known).sort(), fromRow, toRow)
  }
}

/** Of sorted values, between the two in the middle where their number is even; NaN of none. */
export function medianOf(sorted: Float64Array): number {
  return quantileOf(sorted, 0.5)
}

/** Linear between neighbours, as Hyndman & Fan's type 7; NaN of none. */
export function quantileOf(sorted: Float64Array, level: number): number {
  const at = (sorted.length - 1) * level
  const below = Math.floor(at)
  const above = Math.ceil(at)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

/** Median absolute deviation of sorted values from their median, times 1.4826: the deviation of a normal distribution. */
export function robustDeviation(sorted: Float64Array): { median: number; deviation: number } {
  const median = medianOf(sorted)
  const distances = sorted.map(value => Math.abs(value - median)).sort()
  return { median, deviation: 1.4826 * medianOf(distances) }
}
