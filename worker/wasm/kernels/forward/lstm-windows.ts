import { lstmCells } from './lstm-cell'
import { multiplyAdd } from './multiply-add'
import { ROW } from './tile'
import { transpose4 } from './transpose'

/**
 * The recurrent half of an LSTM over eight neighbouring windows of a series, lanes = windows: at their step t they read
 * neighbouring steps of the series, so `projected` `[4 D][series]` (a unit's gates i, f, g, o side by side) is loaded as it lies.
 * `offsets` `[steps]` tells each step's place in bytes from the first window's first step. `recurrent` is `[D][D][4]`.
 *
 * `history` `[steps + 1][D][8]`: the hidden state before the first step, then after each. `cell` `[D][8]` is the state.
 * Element by element the arithmetic of `lstm`, in its order. Scratch: `[D][4][8]`.
 */
export function lstmWindows(
  projected: usize,
  projectedStride: usize,
  offsets: usize,
  steps: i32,
  D: i32,
  recurrent: usize,
  cell: usize,
  scratch: usize,
  history: usize,
): void {
  const state = <usize>D * ROW
  for (let t = 0; t < steps; t++) {
    let input = projected + <usize>load<i32>(offsets)
    let w = recurrent
    let gates = scratch
    for (let d = 0; d < D; d++) {
      unitGates(input, projectedStride, D, w, history, gates)
      input += projectedStride << 2
      w += (<usize>D) << 4
      gates += 4 * ROW
    }
    history += state
    lstmCells(scratch, D, cell, history)
    offsets += 4
  }
}

/** `gates[4][8] = projected + hidden · recurrent` of one unit. */
function unitGates(projected: usize, stride: usize, D: i32, w: usize, hidden: usize, gates: usize): void {
  let i0 = v128.load(projected)
  let i1 = v128.load(projected, 16)
  projected += stride
  let f0 = v128.load(projected)
  let f1 = v128.load(projected, 16)
  projected += stride
  let g0 = v128.load(projected)
  let g1 = v128.load(projected, 16)
  projected += stride
  let o0 = v128.load(projected)
  let o1 = v128.load(projected, 16)
  for (let k = 0; k < D; k++) {
    const h0 = v128.load(hidden)
    const h1 = v128.load(hidden, 16)
    const i = v128.load32_splat(w)
    i0 = multiplyAdd(h0, i, i0)
    i1 = multiplyAdd(h1, i, i1)
    const f = v128.load32_splat(w, 4)
    f0 = multiplyAdd(h0, f, f0)
    f1 = multiplyAdd(h1, f, f1)
    const g = v128.load32_splat(w, 8)
    g0 = multiplyAdd(h0, g, g0)
    g1 = multiplyAdd(h1, g, g1)
    const o = v128.load32_splat(w, 12)
    o0 = multiplyAdd(h0, o, o0)
    o1 = multiplyAdd(h1, o, o1)
    hidden += ROW
    w += 16
  }
  v128.store(gates, i0)
  v128.store(gates, i1, 16)
  v128.store(gates, f0, 32)
  v128.store(gates, f1, 48)
  v128.store(gates, g0, 64)
  v128.store(gates, g1, 80)
  v128.store(gates, o0, 96)
  v128.store(gates, o1, 112)
}

/** Takes the windows apart: history's `[steps][D][8]` → for each window `[D][time]`, steps written in fours. */
export function separateWindows(
  history: usize,
  steps: i32,
  D: i32,
  out: usize,
  outStride: usize,
  windowStride: usize,
): void {
  const state = <usize>D * ROW
  for (let t = 0; t < steps; t += 4) {
    let row = out + ((<usize>t) << 2)
    let from = history + <usize>t * state
    for (let d = 0; d < D; d++) {
      transpose4(from, state, row, windowStride)
      transpose4(from + 16, state, row + 4 * windowStride, windowStride)
      from += ROW
      row += outStride
    }
  }
}
