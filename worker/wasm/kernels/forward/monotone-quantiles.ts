import { exp2, softplus } from './exponential'
import { multiplyAdd } from './multiply-add'
import { ROW } from './tile'

/** 3 · log₂e: the log-scale is clipped to ±3. */
const CLIP: f32 = 4.328085122666891

/**
 * Monotone quantiles on a tile. `columns` `[Q + 1][8]`: log-scale, median, increments downwards (outermost first) and
 * upwards, all without bias; `bias` `[Q + 1][8]` and `mobility` `[8]` for the same lanes. Writes quantiles `[Q][8]`:
 * `q = exp(clip(scale, ±3)) · (median ± the increments' sums outwards)`.
 */
export function monotoneQuantiles(columns: usize, Q: i32, bias: usize, mobility: usize, out: usize): void {
  monotoneHalf(columns, Q, bias, mobility, out)
  monotoneHalf(columns + 16, Q, bias + 16, mobility + 16, out + 16)
}

function monotoneHalf(columns: usize, Q: i32, bias: usize, mobility: usize, out: usize): void {
  const half = Q >> 1
  const mobile = v128.load(mobility)
  const logScale = f32x4.add(v128.load(columns), v128.load(bias))
  const scale = exp2(f32x4.mul(logScale, f32x4.splat(<f32>Math.LOG2E)), CLIP)
  const median = multiplyAdd(v128.load(columns, 32), mobile, v128.load(bias, 32))
  const middle = out + <usize>half * ROW
  v128.store(middle, f32x4.mul(median, scale))
  let below = median
  let above = median
  for (let i = 1; i <= half; i++) {
    below = f32x4.sub(below, increment(columns, bias, mobile, 2 + half - i))
    above = f32x4.add(above, increment(columns, bias, mobile, 1 + half + i))
    v128.store(middle - <usize>i * ROW, f32x4.mul(below, scale))
    v128.store(middle + <usize>i * ROW, f32x4.mul(above, scale))
  }
}

function increment(columns: usize, bias: usize, mobile: v128, column: i32): v128 {
  const at = <usize>column * ROW
  return softplus(multiplyAdd(v128.load(columns + at), mobile, v128.load(bias + at)))
}
