import { exp2 } from './exponential'
import { ROW } from './tile'

/** Beyond 2^±60 a gate is shut or open to float32, and the products of two such numbers still stay finite. */
const LIMIT: f32 = 60

/**
 * The nonlinear half of an LSTM step, eight lanes (units or windows) at a time. `gates` holds blocks of i, f, g, o rows
 * `[blocks][4][8]`, i, f and o times −log₂e, g times 2 log₂e: sigmoid(x) = 1 / (1 + 2^−x'), tanh(x) = (2^x' − 1) / (2^x' + 1).
 * Updates `cell` and writes `hidden`, both `[blocks][8]`.
 *
 * Powers first for all gates: those chains are independent of each other, so they overlap.
 */
export function lstmCells(gates: usize, blocks: i32, cell: usize, hidden: usize): void {
  const end = gates + <usize>blocks * (4 * ROW)
  for (let at = gates; at < end; at += 32) {
    v128.store(at, exp2(v128.load(at), LIMIT))
    v128.store(at, exp2(v128.load(at, 16), LIMIT), 16)
  }
  for (let block = 0; block < blocks; block++) {
    lstmCell(gates, cell, hidden)
    lstmCell(gates + 16, cell + 16, hidden + 16)
    gates += 4 * ROW
    cell += ROW
    hidden += ROW
  }
}

function lstmCell(powers: usize, cell: usize, hidden: usize): void {
  const one = f32x4.splat(1)
  const i = v128.load(powers)
  const f = v128.load(powers, 32)
  const g = v128.load(powers, 64)
  const o = v128.load(powers, 96)
  const added = f32x4.div(f32x4.sub(g, one), f32x4.mul(f32x4.add(one, i), f32x4.add(one, g)))
  const kept = f32x4.div(v128.load(cell), f32x4.add(one, f))
  const c = f32x4.add(kept, added)
  v128.store(cell, c)
  const e = exp2(f32x4.mul(c, f32x4.splat(<f32>(2 * Math.LOG2E))), LIMIT)
  v128.store(hidden, f32x4.div(f32x4.sub(e, one), f32x4.mul(f32x4.add(one, o), f32x4.add(one, e))))
}
