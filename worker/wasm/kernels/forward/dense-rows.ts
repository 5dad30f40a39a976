import { multiplyAdd } from './multiply-add'
import { ROW } from './tile'

/**
 * `dense` with the parts of lanes and columns exchanged, for readers that want a step's features side by side: lanes run
 * over N, `y[t][n] = bias[n] + Σ_k x[k][t] · w[k][n]`. N is a multiple of 8, w row-major; steps are written in fours.
 */
export function denseRows(x: usize, xStride: usize, K: i32, w: usize, bias: usize, N: i32, steps: i32, y: usize): void {
  const wStride = (<usize>N) << 2
  for (let n = 0; n < N; n += 8) {
    const bias0 = v128.load(bias)
    const bias1 = v128.load(bias, 16)
    let at = x
    let out = y
    for (let t = 0; t < steps; t += 4) {
      let a0 = bias0
      let b0 = bias0
      let c0 = bias0
      let d0 = bias0
      let a1 = bias1
      let b1 = bias1
      let c1 = bias1
      let d1 = bias1
      let row = w
      let column = at
      for (let k = 0; k < K; k++) {
        const w0 = v128.load(row)
        const w1 = v128.load(row, 16)
        const a = v128.load32_splat(column)
        a0 = multiplyAdd(a, w0, a0)
        a1 = multiplyAdd(a, w1, a1)
        const b = v128.load32_splat(column, 4)
        b0 = multiplyAdd(b, w0, b0)
        b1 = multiplyAdd(b, w1, b1)
        const c = v128.load32_splat(column, 8)
        c0 = multiplyAdd(c, w0, c0)
        c1 = multiplyAdd(c, w1, c1)
        const d = v128.load32_splat(column, 12)
        d0 = multiplyAdd(d, w0, d0)
        d1 = multiplyAdd(d, w1, d1)
        row += wStride
        column += xStride
      }
      v128.store(out, a0)
      v128.store(out, a1, 16)
      out += wStride
      v128.store(out, b0)
      v128.store(out, b1, 16)
      out += wStride
      v128.store(out, c0)
      v128.store(out, c1, 16)
      out += wStride
      v128.store(out, d0)
      v128.store(out, d1, 16)
      out += wStride
      at += 16
    }
    w += ROW
    bias += ROW
    y += ROW
  }
}
