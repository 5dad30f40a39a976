import { denseTile } from './dense'
import { eluTile } from './elu'
import { eluPlusOne, onePlusExp2 } from './exponential'
import { gatedUnit } from './gated-unit'
import { writeMoments } from './moments'
import { multiplyAdd } from './multiply-add'
import { softmax } from './softmax'
import { FLOAT, LANES, padded, ROW } from './tile'

/**
 * Selection weights `[V][time]` of a sequence of V scalars. Packed: first `[E/4][V][4]`, skip `[V/4][V][4]` and its bias,
 * unit (its gain and offset · log₂e); first's bias depends on the symbol. Scratch: `[E + V + 2V][8]`.
 */
export function selectionWeights(
  x: usize,
  xStride: usize,
  steps: i32,
  V: i32,
  E: i32,
  packed: usize,
  firstBias: usize,
  scratch: usize,
  weights: usize,
  weightsStride: usize,
): void {
  const hidden = padded(E)
  const wide = padded(V)
  const skip = packed + ((<usize>(V * hidden)) << 2)
  const skipBias = skip + ((<usize>(V * wide)) << 2)
  const unit = skipBias + ((<usize>wide) << 2)
  const skipped = scratch + <usize>hidden * ROW
  const gates = skipped + <usize>wide * ROW
  for (let t = 0; t < steps; t += LANES) {
    denseTile(x, xStride, V, packed, firstBias, hidden, scratch, ROW)
    eluTile(scratch, E)
    denseTile(x, xStride, V, skip, skipBias, wide, skipped, ROW)
    gatedUnit(scratch, ROW, E, unit, V, skipped, ROW, gates, weights, weightsStride)
    softmax(weights, weightsStride, V, gates)
    x += ROW
    weights += ROW
  }
}

/**
 * `out = Σ_v weights_v · GRN_v(x_v)`. Variables outside, so that one variable's weights stay in the first-level cache for
 * all steps. Packed, one variable after the other: slope, intercept, embedding, embedding offset, each `[D]`; then the
 * unit. Scratch: `[D + 2D][8]`.
 */
export function selectVariables(
  x: usize,
  xStride: usize,
  steps: i32,
  V: i32,
  D: i32,
  packed: usize,
  weights: usize,
  weightsStride: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const size = variableBytes(D)
  for (let v = 0; v < V; v++) {
    for (let t = 0; t < steps; t += LANES) {
      const at = (<usize>t) << 2
      const weight0 = v128.load(weights + at)
      const weight1 = v128.load(weights + at, 16)
      addVariable(x + at, D, packed, weight0, weight1, scratch, out + at, outStride, v === 0)
    }
    x += xStride
    weights += weightsStride
    packed += size
  }
}

/** Of one packed variable. */
export function variableBytes(D: i32): usize {
  return ((<usize>padded(D)) << 2) * (4 + 2 * <usize>D + 4)
}

/** `out += weight · GRN(x)` on a tile; sets it where `isFirst`. */
export function addVariable(
  x: usize,
  D: i32,
  packed: usize,
  weight0: v128,
  weight1: v128,
  scratch: usize,
  out: usize,
  outStride: usize,
  isFirst: bool,
): void {
  const wide = padded(D)
  const vector = (<usize>wide) << 2
  const unit = packed + 4 * vector
  const bias = unit + 2 * vector * <usize>D
  const x0 = v128.load(x)
  const x1 = v128.load(x, 16)
  firstLayer(x0, x1, D, packed, packed + vector, scratch)
  const values = scratch + <usize>wide * ROW
  denseTile(scratch, ROW, D, unit, bias, 2 * wide, values, ROW)
  addSkip(x0, x1, D, packed + 2 * vector, values, values + <usize>wide * ROW)
  addNormed(values, D, bias + 2 * vector, weight0, weight1, out, outStride, isFirst)
}

function firstLayer(x0: v128, x1: v128, D: i32, slope: usize, intercept: usize, hidden: usize): void {
  for (let d = 0; d < D; d++) {
    const a = v128.load32_splat(slope)
    const b = v128.load32_splat(intercept)
    v128.store(hidden, eluPlusOne(multiplyAdd(a, x0, b)))
    v128.store(hidden, eluPlusOne(multiplyAdd(a, x1, b)), 16)
    slope += FLOAT
    intercept += FLOAT
    hidden += ROW
  }
}

/** `value := x · embedding + offset + value · sigmoid(gate)`. */
function addSkip(x0: v128, x1: v128, D: i32, embedding: usize, value: usize, gate: usize): void {
  const offset = embedding + ((<usize>padded(D)) << 2)
  const behind = offset - embedding
  for (let d = 0; d < D; d++) {
    const a = v128.load32_splat(embedding)
    const b = v128.load32_splat(embedding + behind)
    const gated0 = f32x4.div(v128.load(value), onePlusExp2(v128.load(gate)))
    const gated1 = f32x4.div(v128.load(value, 16), onePlusExp2(v128.load(gate, 16)))
    v128.store(value, f32x4.add(multiplyAdd(a, x0, b), gated0))
    v128.store(value, f32x4.add(multiplyAdd(a, x1, b), gated1), 16)
    embedding += FLOAT
    value += ROW
    gate += ROW
  }
}

/** `out += weight · LN(x)`. The rows behind x take its moments. */
function addNormed(
  x: usize,
  N: i32,
  gain: usize,
  weight0: v128,
  weight1: v128,
  out: usize,
  outStride: usize,
  isFirst: bool,
): void {
  const moments = x + <usize>padded(N) * ROW
  writeMoments(x, N, moments)
  const mean0 = v128.load(moments)
  const mean1 = v128.load(moments, 16)
  const scale0 = f32x4.mul(weight0, v128.load(moments, 32))
  const scale1 = f32x4.mul(weight1, v128.load(moments, 48))
  const offset = (<usize>padded(N)) << 2
  for (let n = 0; n < N; n++) {
    const g = v128.load32_splat(gain)
    const o = v128.load32_splat(gain + offset)
    const scaled0 = f32x4.mul(f32x4.sub(v128.load(x), mean0), scale0)
    const scaled1 = f32x4.mul(f32x4.sub(v128.load(x, 16), mean1), scale1)
    let y0 = multiplyAdd(scaled0, g, f32x4.mul(weight0, o))
    let y1 = multiplyAdd(scaled1, g, f32x4.mul(weight1, o))
    if (!isFirst) {
      y0 = f32x4.add(y0, v128.load(out))
      y1 = f32x4.add(y1, v128.load(out, 16))
    }
    v128.store(out, y0)
    v128.store(out, y1, 16)
    x += ROW
    out += outStride
    gain += FLOAT
  }
}
