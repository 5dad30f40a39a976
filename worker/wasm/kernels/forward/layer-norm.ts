import { multiplyAdd } from './multiply-add'
import { FLOAT, ROW } from './tile'

/** Layer norm of a tile `[N][8]` with its `moments`, gain and offset `[N]`. */
export function layerNorm(
  x: usize,
  N: i32,
  moments: usize,
  gain: usize,
  offset: usize,
  out: usize,
  outStride: usize,
): void {
  const mean0 = v128.load(moments)
  const mean1 = v128.load(moments, 16)
  const scale0 = v128.load(moments, 32)
  const scale1 = v128.load(moments, 48)
  for (let n = 0; n < N; n++) {
    const g = v128.load32_splat(gain)
    const o = v128.load32_splat(offset)
    v128.store(out, multiplyAdd(f32x4.mul(f32x4.sub(v128.load(x), mean0), scale0), g, o))
    v128.store(out, multiplyAdd(f32x4.mul(f32x4.sub(v128.load(x, 16), mean1), scale1), g, o), 16)
    x += ROW
    out += outStride
    gain += FLOAT
    offset += FLOAT
  }
}
