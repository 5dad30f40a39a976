import { multiplyAdd } from './multiply-add'
import { LANES, padded, ROW } from './tile'
import { transpose4 } from './transpose'
import { addVariable, variableBytes } from './variable-selection'

/** Bytes of a variable's entry in `tables`. */
const ENTRY: usize = 16
/** Rows of a tile that tell where a variable is read: four coefficients and the address of the first knot. */
const READING: usize = 5 * ROW

/**
 * `selectVariables` with each variable's network read off a table: a cubic through four knots, `[knot][D]`, D rounded up
 * to fours. `tables` has an entry for each variable: the table's address, its knots per unit, its reach, its cells (the
 * last two as float32 and int32). Knots stand at −reach − h, −reach … reach, reach + h; beyond ±reach the network itself is
 * computed, with what `packed` holds. A variable without table has a negative reach, and an entry of one cell of zeros.
 *
 * Each element goes one way or the other by its own value, and the other way adds it times 0: tiles never change a result.
 * Scratch: the larger of `[5 V + D][8]` and `[D + 2D][8]`.
 */
export function selectTabulated(
  x: usize,
  xStride: usize,
  steps: i32,
  V: i32,
  D: i32,
  tables: usize,
  packed: usize,
  weights: usize,
  weightsStride: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const wide = padded(D)
  const knot = (<usize>wide) << 2
  const rows = scratch + <usize>V * READING
  for (let t = 0; t < steps; t += LANES) {
    locate(x, xStride, V, tables, knot, weights, weightsStride, scratch)
    const lanes = min(LANES, steps - t)
    for (let lane = 0; lane < lanes; lane++) {
      readStep(scratch + ((<usize>lane) << 2), V, wide, rows + <usize>lane * knot)
    }
    for (let lane = 0; lane < lanes; lane += 4) {
      for (let d = 0; d < wide; d += 4) {
        const at = out + <usize>d * outStride + ((<usize>lane) << 2)
        transpose4(rows + <usize>lane * knot + ((<usize>d) << 2), knot, at, outStride)
      }
    }
    addOutside(x, xStride, V, D, tables, packed, weights, weightsStride, scratch, out, outStride)
    x += ROW
    weights += ROW
    out += ROW
  }
}

/** `readings` `[V][5][8]`: each element's coefficients, its weight in them, and the address of the first of its knots. */
function locate(
  x: usize,
  xStride: usize,
  V: i32,
  tables: usize,
  knot: usize,
  weights: usize,
  weightsStride: usize,
  readings: usize,
): void {
  for (let v = 0; v < V; v++) {
    locateLanes(v128.load(x), v128.load(weights), tables, knot, readings)
    locateLanes(v128.load(x, 16), v128.load(weights, 16), tables, knot, readings + 16)
    x += xStride
    weights += weightsStride
    tables += ENTRY
    readings += READING
  }
}

/** Lagrange's cubic through the knots −1, 0, 1, 2 at u in [0, 1]. */
function locateLanes(x: v128, weight: v128, table: usize, knot: usize, reading: usize): void {
  const reach = v128.load32_splat(table, 8)
  const cells = v128.load32_splat(table, 12)
  const one = f32x4.splat(1)
  const place = f32x4.mul(f32x4.add(x, reach), v128.load32_splat(table, 4))
  const within = f32x4.pmin(f32x4.convert_i32x4_s(cells), f32x4.pmax(f32x4.splat(0), place))
  const cell = i32x4.min_s(i32x4.trunc_sat_f32x4_s(within), i32x4.sub(cells, i32x4.splat(1)))
  const u = f32x4.sub(within, f32x4.convert_i32x4_s(cell))
  const below = f32x4.sub(u, one)
  const above = f32x4.add(u, one)
  const farBelow = f32x4.sub(u, f32x4.splat(2))
  const w = v128.and(weight, isWithin(x, reach))
  const left = f32x4.mul(w, f32x4.mul(below, farBelow))
  const right = f32x4.mul(w, f32x4.mul(above, u))
  v128.store(reading, f32x4.mul(f32x4.mul(left, u), f32x4.splat(-1 / 6)))
  v128.store(reading, f32x4.mul(f32x4.mul(left, above), f32x4.splat(0.5)), 32)
  v128.store(reading, f32x4.mul(f32x4.mul(right, farBelow), f32x4.splat(-0.5)), 64)
  v128.store(reading, f32x4.mul(f32x4.mul(right, below), f32x4.splat(1 / 6)), 96)
  v128.store(reading, i32x4.add(v128.load32_splat(table), i32x4.mul(cell, i32x4.splat(<i32>knot))), 128)
}

function isWithin(x: v128, reach: v128): v128 {
  return f32x4.le(f32x4.abs(x), reach)
}

/** All variables' readings of one step, added up over the features `[D]`. */
function readStep(reading: usize, V: i32, wide: i32, out: usize): void {
  const knot = (<usize>wide) << 2
  let column: usize = 0
  for (; column + 128 <= knot; column += 128) readColumns32(reading, V, column, knot, out + column)
  for (; column < knot; column += 16) readColumns4(reading, V, column, knot, out + column)
}

function readColumns4(reading: usize, V: i32, column: usize, knot: usize, out: usize): void {
  let sum = f32x4.splat(0)
  for (let v = 0; v < V; v++) {
    const row = column + <usize>load<i32>(reading, 128)
    sum = addCubic(reading, row, row + knot, row + 2 * knot, row + 3 * knot, sum)
    reading += READING
  }
  v128.store(out, sum)
}

/** As many columns as sums fit in registers. */
function readColumns32(reading: usize, V: i32, column: usize, knot: usize, out: usize): void {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  let e = a
  let f = a
  let g = a
  let h = a
  for (let v = 0; v < V; v++) {
    const k0 = column + <usize>load<i32>(reading, 128)
    const k1 = k0 + knot
    const k2 = k1 + knot
    const k3 = k2 + knot
    a = addCubic(reading, k0, k1, k2, k3, a)
    b = addCubic(reading, k0 + 16, k1 + 16, k2 + 16, k3 + 16, b)
    c = addCubic(reading, k0 + 32, k1 + 32, k2 + 32, k3 + 32, c)
    d = addCubic(reading, k0 + 48, k1 + 48, k2 + 48, k3 + 48, d)
    e = addCubic(reading, k0 + 64, k1 + 64, k2 + 64, k3 + 64, e)
    f = addCubic(reading, k0 + 80, k1 + 80, k2 + 80, k3 + 80, f)
    g = addCubic(reading, k0 + 96, k1 + 96, k2 + 96, k3 + 96, g)
    h = addCubic(reading, k0 + 112, k1 + 112, k2 + 112, k3 + 112, h)
    reading += READING
  }
  v128.store(out, a)
  v128.store(out, b, 16)
  v128.store(out, c, 32)
  v128.store(out, d, 48)
  v128.store(out, e, 64)
  v128.store(out, f, 80)
  v128.store(out, g, 96)
  v128.store(out, h, 112)
}

/** `sum` and four columns of four knots, each times its coefficient. */
function addCubic(reading: usize, k0: usize, k1: usize, k2: usize, k3: usize, sum: v128): v128 {
  sum = multiplyAdd(v128.load32_splat(reading), v128.load(k0), sum)
  sum = multiplyAdd(v128.load32_splat(reading, 32), v128.load(k1), sum)
  sum = multiplyAdd(v128.load32_splat(reading, 64), v128.load(k2), sum)
  return multiplyAdd(v128.load32_splat(reading, 96), v128.load(k3), sum)
}

/** Adds the elements that lie beyond their tables, computed. */
function addOutside(
  x: usize,
  xStride: usize,
  V: i32,
  D: i32,
  tables: usize,
  packed: usize,
  weights: usize,
  weightsStride: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const size = variableBytes(D)
  for (let v = 0; v < V; v++) {
    const reach = v128.load32_splat(tables, 8)
    const within0 = isWithin(v128.load(x), reach)
    const within1 = isWithin(v128.load(x, 16), reach)
    if (!i32x4.all_true(v128.and(within0, within1))) {
      const weight0 = v128.andnot(v128.load(weights), within0)
      const weight1 = v128.andnot(v128.load(weights, 16), within1)
      addVariable(x, D, packed, weight0, weight1, scratch, out, outStride, false)
    }
    x += xStride
    weights += weightsStride
    tables += ENTRY
    packed += size
  }
}
