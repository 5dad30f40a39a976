import { denseTile } from './dense'
import { LANES, padded, ROW } from './tile'

/** `x · w + bias` of a sequence: packed `[N/4][K][4]`, then the bias. */
export function linear(
  x: usize,
  xStride: usize,
  steps: i32,
  K: i32,
  packed: usize,
  N: i32,
  out: usize,
  outStride: usize,
): void {
  const wide = padded(N)
  for (let t = 0; t < steps; t += LANES) {
    denseTile(x, xStride, K, packed, packed + ((<usize>(K * wide)) << 2), wide, out, outStride)
    x += ROW
    out += ROW
  }
}
