import { multiplyAdd } from './multiply-add'
import { ROW } from './tile'

const EPSILON: f32 = 1e-5

/**
 * Over the features of a tile `[N][8]`: writes their mean `[8]` and 1 / √(variance + ε) `[8]`.
 *
 * One pass takes sum and sum of squares of what remains after subtracting the first feature: no feature is farther than
 * √(N − 1) standard deviations from the mean, so the subtraction of squares loses no more than a factor of N.
 */
export function writeMoments(x: usize, N: i32, moments: usize): void {
  const first0 = v128.load(x)
  const first1 = v128.load(x, 16)
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let squares0 = sum0
  let squares1 = sum0
  for (let n = 0; n < N; n++) {
    const x0 = f32x4.sub(v128.load(x), first0)
    const x1 = f32x4.sub(v128.load(x, 16), first1)
    sum0 = f32x4.add(sum0, x0)
    sum1 = f32x4.add(sum1, x1)
    squares0 = multiplyAdd(x0, x0, squares0)
    squares1 = multiplyAdd(x1, x1, squares1)
    x += ROW
  }
  const share = f32x4.splat(<f32>1 / <f32>N)
  const shift0 = f32x4.mul(sum0, share)
  const shift1 = f32x4.mul(sum1, share)
  v128.store(moments, f32x4.add(first0, shift0))
  v128.store(moments, f32x4.add(first1, shift1), 16)
  v128.store(moments, inverseDeviation(squares0, shift0, share), 32)
  v128.store(moments, inverseDeviation(squares1, shift1, share), 48)
}

/** From the sum of squares about a point, and the mean's distance from it. */
function inverseDeviation(squares: v128, shift: v128, share: v128): v128 {
  const variance = f32x4.sub(f32x4.mul(squares, share), f32x4.mul(shift, shift))
  const safe = f32x4.add(f32x4.pmax(variance, f32x4.splat(0)), f32x4.splat(EPSILON))
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(safe))
}
