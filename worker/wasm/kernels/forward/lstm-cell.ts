import { exp2 } from './exponential'
import { ROW } from './tile'

/** Beyond 2^±60 a gate is shut or open to float32, and the products of two such numbers still stay finite. */
const LIMIT: f32 = 60

/**
 * The nonlinear half of an LSTM step, eight lanes (units or windows) at a time. `gates` holds blocks of i, f, g, o rows
 * `[blocks][4][8]`, i, f and o times −log₂e, g times 2 log₂e: sigmoid(x) = 1 / (1 + 2^−x'), tanh(x) = (2^x' − 1) / (2^x' + 1).
 * Updates `cell` and writes `hidden`, both `[blocks][8]`.
 *
 * One loop for each stage: its short chains do not depend on each other, so a processor runs many of them at once.
 */
export function lstmCells(gates: usize, blocks: i32, cell: usize, hidden: usize): void {
  const end = gates + <usize>blocks * (4 * ROW)
  for (let at = gates; at < end; at += 32) {
    v128.store(at, exp2(v128.load(at), LIMIT))
    v128.store(at, exp2(v128.load(at, 16), LIMIT), 16)
  }
  const cells = cell
  for (let at = gates; at < end; at += 4 * ROW) {
    v128.store(cell, nextCell(v128.load(at), v128.load(at, 32), v128.load(at, 64), v128.load(cell)))
    v128.store(cell, nextCell(v128.load(at, 16), v128.load(at, 48), v128.load(at, 80), v128.load(cell, 16)), 16)
    cell += ROW
  }
  cell = cells
  for (let at = gates; at < end; at += 4 * ROW) {
    v128.store(hidden, nextHidden(v128.load(at, 96), v128.load(cell)))
    v128.store(hidden, nextHidden(v128.load(at, 112), v128.load(cell, 16)), 16)
    cell += ROW
    hidden += ROW
  }
}

/** From the gates' powers: `sigmoid(f) · cell + sigmoid(i) · tanh(g)`. */
function nextCell(i: v128, f: v128, g: v128, cell: v128): v128 {
  const one = f32x4.splat(1)
  const added = f32x4.div(f32x4.sub(g, one), f32x4.mul(f32x4.add(one, i), f32x4.add(one, g)))
  return f32x4.add(f32x4.div(cell, f32x4.add(one, f)), added)
}

/** `sigmoid(o) · tanh(cell)` */
function nextHidden(o: v128, cell: v128): v128 {
  const one = f32x4.splat(1)
  const e = exp2(f32x4.mul(cell, f32x4.splat(<f32>(2 * Math.LOG2E))), LIMIT)
  return f32x4.div(f32x4.sub(e, one), f32x4.mul(f32x4.add(one, o), f32x4.add(one, e)))
}
