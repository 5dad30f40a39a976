import { lstmCells } from './lstm-cell'
import { multiplyAdd } from './multiply-add'
import { LANES, ROW } from './tile'

/**
 * The recurrent half of an LSTM over one sequence, lanes = units. `projected` `[steps][P][4][8]` is what `denseRows` made of the
 * input: panels of 8 units, gates i, f, g, o; `recurrent` is `[P][D][4][8]`. `hidden` and `cell` `[8 P]` hold the state,
 * before and after. Scratch: `[P][4][8]`.
 */
export function lstm(
  projected: usize,
  steps: i32,
  D: i32,
  recurrent: usize,
  hidden: usize,
  cell: usize,
  scratch: usize,
  out: usize,
  outStride: usize,
): void {
  const panels = (D + LANES - 1) >> 3
  for (let t = 0; t < steps; t++) {
    let w = recurrent
    let gates = scratch
    for (let panel = 0; panel < panels; panel++) {
      panelGates(projected, D, w, hidden, gates)
      projected += 4 * ROW
      w += <usize>D * (4 * ROW)
      gates += 4 * ROW
    }
    lstmCells(scratch, panels, cell, hidden)
    let row = out
    for (let d = 0; d < D; d++) {
      store<f32>(row, load<f32>(hidden + ((<usize>d) << 2)))
      row += outStride
    }
    out += 4
  }
}

/** `gates[4][8] = projected + hidden · recurrent` of one panel. */
function panelGates(projected: usize, D: i32, w: usize, hidden: usize, gates: usize): void {
  let i0 = v128.load(projected)
  let i1 = v128.load(projected, 16)
  let f0 = v128.load(projected, 32)
  let f1 = v128.load(projected, 48)
  let g0 = v128.load(projected, 64)
  let g1 = v128.load(projected, 80)
  let o0 = v128.load(projected, 96)
  let o1 = v128.load(projected, 112)
  for (let k = 0; k < D; k++) {
    const h = v128.load32_splat(hidden)
    i0 = multiplyAdd(h, v128.load(w), i0)
    i1 = multiplyAdd(h, v128.load(w, 16), i1)
    f0 = multiplyAdd(h, v128.load(w, 32), f0)
    f1 = multiplyAdd(h, v128.load(w, 48), f1)
    g0 = multiplyAdd(h, v128.load(w, 64), g0)
    g1 = multiplyAdd(h, v128.load(w, 80), g1)
    o0 = multiplyAdd(h, v128.load(w, 96), o0)
    o1 = multiplyAdd(h, v128.load(w, 112), o1)
    hidden += 4
    w += 4 * ROW
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
