import { exp2Below } from './exponential'

/** In place over the rows of a tile `[N][8]`, base 2: the packed weights bring in the factor log₂e. */
export function softmax2(x: usize, stride: usize, N: i32): void {
  let max0 = v128.load(x)
  let max1 = v128.load(x, 16)
  let row = x
  for (let n = 1; n < N; n++) {
    row += stride
    max0 = f32x4.pmax(max0, v128.load(row))
    max1 = f32x4.pmax(max1, v128.load(row, 16))
  }
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  row = x
  for (let n = 0; n < N; n++) {
    const e0 = exp2Below(f32x4.sub(v128.load(row), max0))
    const e1 = exp2Below(f32x4.sub(v128.load(row, 16), max1))
    sum0 = f32x4.add(sum0, e0)
    sum1 = f32x4.add(sum1, e1)
    v128.store(row, e0)
    v128.store(row, e1, 16)
    row += stride
  }
  const one = f32x4.splat(1)
  const share0 = f32x4.div(one, sum0)
  const share1 = f32x4.div(one, sum1)
  row = x
  for (let n = 0; n < N; n++) {
    v128.store(row, f32x4.mul(v128.load(row), share0))
    v128.store(row, f32x4.mul(v128.load(row, 16), share1), 16)
    row += stride
  }
}
