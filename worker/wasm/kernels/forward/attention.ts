import { dense } from './dense'
import { multiplyAdd } from './multiply-add'
import { exponentiate } from './softmax'
import { LANES, padded, ROW } from './tile'

/** A score that no softmax gives weight to. */
const HIDDEN: f32 = -1e30

/**
 * Causal attention of `queries` steps over `keys` steps, of which the last query is the last: query i sees the keys up to
 * keys − queries + i. Features are rows: query `[D][queries]` (times log₂e / √depth), key `[D][keys]`; value is
 * `[keys][depth]`, shared by the heads. `weights`: per tile of 8 queries the heads' mean pattern `[keys][8]`;
 * out `[depth][queries]`. Depth is rounded up to eights in value's rows, to fours in out. `zeros`: as many as keys.
 * Scratch: `[keys + 1][8]`.
 */
export function attention(
  query: usize,
  queryStride: usize,
  key: usize,
  keyStride: usize,
  value: usize,
  queries: i32,
  keys: i32,
  heads: i32,
  depth: i32,
  zeros: usize,
  scratch: usize,
  weights: usize,
  out: usize,
  outStride: usize,
): void {
  const valueStride = (<usize>((depth + 7) & ~7)) << 2
  for (let q = 0; q < queries; q += LANES) {
    const seenByAll = keys - queries + q + 1
    const seen = min(keys, seenByAll + LANES - 1)
    for (let head = 0; head < heads; head++) {
      const row = <usize>(head * depth)
      const at = query + row * queryStride + ((<usize>q) << 2)
      dense(at, queryStride, depth, key + row * keyStride, keyStride, 16, zeros, (seen + 3) >> 2, scratch, ROW)
      setLater(scratch, seenByAll, seen, HIDDEN)
      addPattern(scratch, seen, heads, weights, head === 0)
    }
    setLater(weights, seenByAll, seen, 0)
    memory.fill(weights + <usize>seen * ROW, 0, <usize>(keys - seen) * ROW)
    dense(weights, ROW, seen, value, valueStride, 16, zeros, padded(depth) >> 2, out + ((<usize>q) << 2), outStride)
    weights += <usize>keys * ROW
  }
}

/** Sets lane i of key k where k lies behind the last key that query i sees. */
function setLater(rows: usize, from: i32, to: i32, value: f32): void {
  const hidden = f32x4.splat(value)
  const lanes0 = i32x4(0, 1, 2, 3)
  const lanes1 = i32x4(4, 5, 6, 7)
  let row = rows + <usize>from * ROW
  for (let k = from; k < to; k++) {
    const firstSeeing = i32x4.splat(k - from + 1)
    v128.store(row, v128.bitselect(v128.load(row), hidden, i32x4.ge_s(lanes0, firstSeeing)))
    v128.store(row, v128.bitselect(v128.load(row, 16), hidden, i32x4.ge_s(lanes1, firstSeeing)), 16)
    row += ROW
  }
}

/** `pattern += softmax(scores) / heads`, base 2. The row behind the scores takes their sums. */
function addPattern(scores: usize, keys: i32, heads: i32, pattern: usize, isFirst: bool): void {
  const sums = scores + <usize>padded(keys) * ROW
  exponentiate(scores, ROW, keys, sums)
  const share = f32x4.splat(<f32>1 / <f32>heads)
  const share0 = f32x4.div(share, v128.load(sums))
  const share1 = f32x4.div(share, v128.load(sums, 16))
  if (isFirst) memory.fill(pattern, 0, <usize>keys * ROW)
  for (let k = 0; k < keys; k++) {
    v128.store(pattern, multiplyAdd(v128.load(scores), share0, v128.load(pattern)))
    v128.store(pattern, multiplyAdd(v128.load(scores, 16), share1, v128.load(pattern, 16)), 16)
    scores += ROW
    pattern += ROW
  }
}
