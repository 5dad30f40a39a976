import { denseTile } from './dense'
import { onePlusExp2 } from './exponential'
import { layerNorm } from './layer-norm'
import { writeMoments } from './moments'
import { FLOAT, padded, ROW } from './tile'

/**
 * `LN(skip + GLU(x))` on a tile. Packed unit, N rounded up to fours: gate `[2N/4][K][4]` (values, then gates · −log₂e),
 * bias `[2N]`, gain `[N]`, offset `[N]`. Scratch: `[2N][8]`.
 */
export function gatedUnit(
  x: usize,
  xStride: usize,
  K: i32,
  unit: usize,
  N: i32,
  skip: usize,
  skipStride: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const wide = padded(N)
  const bias = unit + ((<usize>(2 * wide * K)) << 2)
  const gain = bias + ((<usize>(2 * wide)) << 2)
  denseTile(x, xStride, K, unit, bias, 2 * wide, scratch, ROW)
  let value = scratch
  let gate = scratch + <usize>wide * ROW
  for (let n = 0; n < N; n++) {
    const gated0 = f32x4.div(v128.load(value), onePlusExp2(v128.load(gate)))
    const gated1 = f32x4.div(v128.load(value, 16), onePlusExp2(v128.load(gate, 16)))
    v128.store(value, f32x4.add(v128.load(skip), gated0))
    v128.store(value, f32x4.add(v128.load(skip, 16), gated1), 16)
    value += ROW
    gate += ROW
    skip += skipStride
  }
  const moments = scratch + <usize>wide * ROW
  writeMoments(scratch, N, moments)
  layerNorm(scratch, N, moments, gain, gain + <usize>wide * FLOAT, out, outStride)
}
