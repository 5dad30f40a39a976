import { denseTile } from './dense'
import { onePlusExp2 } from './exponential'
import { monotoneQuantiles } from './monotone-quantiles'
import { padded, ROW } from './tile'

/**
 * A layer with SiLU on a tile of eight windows, `[K][8]` → `[N][8]`; packed `[N/4][K][4]` and bias. The packed weights
 * bring in a factor of −log₂e, with which y / (1 + 2^y) is SiLU; the next layer's take it out again.
 */
export function mlpLayer(x: usize, K: i32, packed: usize, N: i32, out: usize): void {
  const wide = padded(N)
  denseTile(x, ROW, K, packed, packed + ((<usize>(K * wide)) << 2), wide, out, ROW)
  for (let n = 0; n < N; n++) {
    const y0 = v128.load(out)
    const y1 = v128.load(out, 16)
    v128.store(out, f32x4.div(y0, onePlusExp2(y0)))
    v128.store(out, f32x4.div(y1, onePlusExp2(y1)), 16)
    out += ROW
  }
}

/**
 * Monotone quantiles of a tile of eight windows, `[windows][H][Q]`. Columns come from the last layer `[K][8]` by `packed`
 * `[H (Q + 1)/4][K][4]`, log-scales also from the inputs `[I][8]` by `skip` `[H/4][I][4]`, both with a zero bias behind
 * them. `lanes`: for each horizon biases `[Q + 1][8]` and mobility `[8]`. Scratch: `[H (Q + 1) + H + Q][8]`.
 */
export function mlpHead(
  x: usize,
  K: i32,
  packed: usize,
  inputs: usize,
  I: i32,
  skip: usize,
  H: i32,
  Q: i32,
  lanes: usize,
  windows: i32,
  scratch: usize,
  out: usize,
): void {
  const wide = padded(H * (Q + 1))
  const tall = padded(H)
  let column = scratch
  let skipped = scratch + <usize>wide * ROW
  const quantiles = skipped + <usize>tall * ROW
  denseTile(x, ROW, K, packed, packed + ((<usize>(K * wide)) << 2), wide, column, ROW)
  denseTile(inputs, ROW, I, skip, skip + ((<usize>(I * tall)) << 2), tall, skipped, ROW)
  const columns = <usize>(Q + 1) * ROW
  for (let h = 0; h < H; h++) {
    v128.store(column, f32x4.add(v128.load(column), v128.load(skipped)))
    v128.store(column, f32x4.add(v128.load(column, 16), v128.load(skipped, 16)), 16)
    monotoneQuantiles(column, Q, lanes, lanes + columns, quantiles)
    for (let q = 0; q < Q; q++) {
      let from = quantiles + <usize>q * ROW
      let to = out + ((<usize>(h * Q + q)) << 2)
      for (let window = 0; window < windows; window++) {
        store<f32>(to, load<f32>(from))
        from += 4
        to += (<usize>(H * Q)) << 2
      }
    }
    column += columns
    skipped += ROW
    lanes += columns + ROW
  }
}
