/** Values computed at a time. */
const BLOCK = 512

/** Blocks kept: fifteen years of hours, one megabyte. */
const MAX_BLOCKS = 256

/**
 * A function of time, computed in blocks that begin at fixed times and are kept, so that a value is the same in whatever
 * order times are asked for.
 * @param fill `out[i]` is the value at `firstMs + i·stepMs`
 */
export function byTime(
  stepMs: number,
  fill: (firstMs: number, out: Float64Array) => void,
): (openTimeMs: number) => number {
  const blocks = new Map<number, Float64Array>()
  let lastFirstMs = Number.NaN
  let last: Float64Array = new Float64Array(0)
  return openTimeMs => {
    const step = Math.floor(openTimeMs / stepMs)
    const position = step - Math.floor(step / BLOCK) * BLOCK
    // candles need not open at whole steps since 1970, as weekly ones, but lie whole steps apart
    const firstMs = openTimeMs - position * stepMs
    if (firstMs !== lastFirstMs) {
      let block = blocks.get(firstMs)
      if (!block) {
        if (blocks.size === MAX_BLOCKS) blocks.clear()
        block = new Float64Array(BLOCK)
        fill(firstMs, block)
        blocks.set(firstMs, block)
      }
      last = block
      lastFirstMs = firstMs
    }
    return last[position]
  }
}
