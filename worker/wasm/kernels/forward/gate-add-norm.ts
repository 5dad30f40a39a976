import { gatedUnit } from './gated-unit'
import { LANES, ROW } from './tile'

/** `LN(skip + GLU(x))` of a sequence. */
export function gateAddNorm(
  x: usize,
  xStride: usize,
  steps: i32,
  K: i32,
  unit: usize,
  N: i32,
  skip: usize,
  skipStride: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  for (let t = 0; t < steps; t += LANES) {
    gatedUnit(x, xStride, K, unit, N, skip, skipStride, scratch, out, outStride)
    x += ROW
    skip += ROW
    out += ROW
  }
}
