import { exp2Below } from './exponential'

/**
 * In place over the rows of a tile `[N][8]`: 2^(x − the largest), and the sums of those, `[8]`. Base 2 is base e for what
 * the packed weights bring log₂e into.
 */
export function exponentiate(x: usize, stride: usize, N: i32, sums: usize): void {
  let max0 = v128.load(x)
  let max1 = v128.load(x, 16)
  const end = x + <usize>N * stride
  for (let row = x + stride; row < end; row += stride) {
    max0 = f32x4.pmax(max0, v128.load(row))
    max1 = f32x4.pmax(max1, v128.load(row, 16))
  }
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  for (let row = x; row < end; row += stride) {
    const e0 = exp2Below(f32x4.sub(v128.load(row), max0))
    const e1 = exp2Below(f32x4.sub(v128.load(row, 16), max1))
    sum0 = f32x4.add(sum0, e0)
    sum1 = f32x4.add(sum1, e1)
    v128.store(row, e0)
    v128.store(row, e1, 16)
  }
  v128.store(sums, sum0)
  v128.store(sums, sum1, 16)
}

/** Softmax in place over the rows of a tile. Scratch: `[1][8]`. */
export function softmax(x: usize, stride: usize, N: i32, scratch: usize): void {
  exponentiate(x, stride, N, scratch)
  const one = f32x4.splat(1)
  const share0 = f32x4.div(one, v128.load(scratch))
  const share1 = f32x4.div(one, v128.load(scratch, 16))
  for (let n = 0; n < N; n++) {
    v128.store(x, f32x4.mul(v128.load(x), share0))
    v128.store(x, f32x4.mul(v128.load(x, 16), share1), 16)
    x += stride
  }
}
