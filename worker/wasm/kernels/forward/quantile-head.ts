import { denseTile } from './dense'
import { monotoneQuantiles } from './monotone-quantiles'
import { LANES, padded, ROW } from './tile'

/** The paper's head, `x · w + bias`, written as `[H][Q]`. Scratch: `[Q][8]`. */
export function linearHead(
  x: usize,
  xStride: usize,
  H: i32,
  D: i32,
  packed: usize,
  Q: i32,
  scratch: usize,
  out: usize,
): void {
  const wide = padded(Q)
  for (let h = 0; h < H; h += LANES) {
    denseTile(x, xStride, D, packed, packed + ((<usize>(D * wide)) << 2), wide, scratch, ROW)
    writeRows(scratch, Q, min(LANES, H - h), out)
    x += ROW
    out += (<usize>(Q * LANES)) << 2
  }
}

/**
 * The monotone head, lanes = horizons, written as `[H][Q]`. Packed matrix `[(Q + 1)/4][D][4]` with a zero bias behind it;
 * `lanes` holds for each tile of 8 horizons the biases `[Q + 1][8]` and mobilities `[8]`. Scratch: `[Q + 1 + Q][8]`.
 */
export function monotoneHead(
  x: usize,
  xStride: usize,
  H: i32,
  D: i32,
  packed: usize,
  Q: i32,
  lanes: usize,
  scratch: usize,
  out: usize,
): void {
  const wide = padded(Q + 1)
  const quantiles = scratch + <usize>wide * ROW
  const mobility = <usize>(Q + 1) * ROW
  for (let h = 0; h < H; h += LANES) {
    denseTile(x, xStride, D, packed, packed + ((<usize>(D * wide)) << 2), wide, scratch, ROW)
    monotoneQuantiles(scratch, Q, lanes, lanes + mobility, quantiles)
    writeRows(quantiles, Q, min(LANES, H - h), out)
    x += ROW
    lanes += mobility + ROW
    out += (<usize>(Q * LANES)) << 2
  }
}

/** `[Q][8]` → `[lanes][Q]`. */
function writeRows(from: usize, Q: i32, lanes: i32, out: usize): void {
  for (let lane = 0; lane < lanes; lane++) {
    let at = from + ((<usize>lane) << 2)
    for (let q = 0; q < Q; q++) {
      store<f32>(out, load<f32>(at))
      at += ROW
      out += 4
    }
  }
}
