import { denseTile } from './dense'
import { eluTile } from './elu'
import { gatedUnit } from './gated-unit'
import { LANES, padded, ROW } from './tile'

/**
 * `LN(skip(x) + GLU(ELU(x · first + bias)))` of a sequence; widths: x I, hidden E, out N. The bias depends on the symbol.
 * `skip` is a packed matrix and its bias, or 0 for the identity. Scratch: `[E + N + 2N][8]`.
 */
export function gatedResidual(
  x: usize,
  xStride: usize,
  steps: i32,
  I: i32,
  first: usize,
  firstBias: usize,
  E: i32,
  skip: usize,
  unit: usize,
  N: i32,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const hidden = padded(E)
  const wide = padded(N)
  const projected = scratch + <usize>hidden * ROW
  const gates = projected + <usize>wide * ROW
  for (let t = 0; t < steps; t += LANES) {
    denseTile(x, xStride, I, first, firstBias, hidden, scratch, ROW)
    eluTile(scratch, E)
    if (skip) {
      denseTile(x, xStride, I, skip, skip + ((<usize>(I * wide)) << 2), wide, projected, ROW)
      gatedUnit(scratch, ROW, E, unit, N, projected, ROW, gates, out, outStride)
    } else {
      gatedUnit(scratch, ROW, E, unit, N, x, xStride, gates, out, outStride)
    }
    x += ROW
    out += ROW
  }
}
