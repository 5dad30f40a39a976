import { multiplyAdd } from './multiply-add'

/**
 * Four columns of eight lanes at a time: `y[n][lane] = bias[n] + Σ_k w[n][k] · x[k][lane]`, k ascending.
 * All strides are bytes. w's four neighbouring columns lie side by side: column n = 4 b + c of row k stands at
 * `w + b · wBlock + k · wStride + 4 c`, which packed weights (`[N/4][K][4]`) and activations both satisfy.
 */
export function dense(
  x: usize,
  xStride: usize,
  K: i32,
  w: usize,
  wStride: usize,
  wBlock: usize,
  bias: usize,
  blocks: i32,
  y: usize,
  yStride: usize,
): void {
  for (let block = 0; block < blocks; block++) {
    let a0 = v128.load32_splat(bias)
    let b0 = v128.load32_splat(bias, 4)
    let c0 = v128.load32_splat(bias, 8)
    let d0 = v128.load32_splat(bias, 12)
    let a1 = a0
    let b1 = b0
    let c1 = c0
    let d1 = d0
    let row = x
    let column = w
    for (let k = 0; k < K; k++) {
      const x0 = v128.load(row)
      const x1 = v128.load(row, 16)
      const a = v128.load32_splat(column)
      a0 = multiplyAdd(a, x0, a0)
      a1 = multiplyAdd(a, x1, a1)
      const b = v128.load32_splat(column, 4)
      b0 = multiplyAdd(b, x0, b0)
      b1 = multiplyAdd(b, x1, b1)
      const c = v128.load32_splat(column, 8)
      c0 = multiplyAdd(c, x0, c0)
      c1 = multiplyAdd(c, x1, c1)
      const d = v128.load32_splat(column, 12)
      d0 = multiplyAdd(d, x0, d0)
      d1 = multiplyAdd(d, x1, d1)
      row += xStride
      column += wStride
    }
    v128.store(y, a0)
    v128.store(y, a1, 16)
    y += yStride
    v128.store(y, b0)
    v128.store(y, b1, 16)
    y += yStride
    v128.store(y, c0)
    v128.store(y, c1, 16)
    y += yStride
    v128.store(y, d0)
    v128.store(y, d1, 16)
    y += yStride
    w += wBlock
    bias += 16
  }
}

/** `dense` with packed weights `[N/4][K][4]`. */
export function denseTile(
  x: usize,
  xStride: usize,
  K: i32,
  w: usize,
  bias: usize,
  columns: i32,
  y: usize,
  yStride: usize,
): void {
  dense(x, xStride, K, w, 16, (<usize>K) << 4, bias, columns >> 2, y, yStride)
}
