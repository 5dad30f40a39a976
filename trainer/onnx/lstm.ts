import type { LstmOperation, SymbolVectors } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { ofSymbol } from './pieces.ts'

export interface LstmState {
  /** `[1, B, D]` */
  readonly hidden: Value
  readonly cell: Value
}

/** Where ONNX has which of our gates input, forget, cell, output: it orders them input, output, forget, cell. */
const GATE_ORDER = [0, 3, 1, 2] as const

/** @param x `[B, T, I]` @returns the outputs `[B, T, D]` and the last state */
export function lstm(
  graph: GraphBuilder,
  x: Value,
  operation: LstmOperation,
  initial: LstmState,
): { readonly value: Value; readonly state: LstmState } {
  const { width: D, input, recurrent } = operation
  const inputBias = reorderGates(input.bias, 1, D) // [1, 4D]
  const [outputs, hidden, cell] = graph.nodeOf(
    3,
    'LSTM',
    [
      graph.node('Transpose', [x], { perm: [1, 0, 2] }), // [T, B, I]
      graph.floats('inputWeights', transposed(reorderGates(input.matrix.data, input.matrix.rows, D), 4 * D), [
        1,
        4 * D,
        input.matrix.rows,
      ]),
      graph.floats('recurrentWeights', transposed(reorderGates(recurrent.data, D, D), 4 * D), [1, 4 * D, D]),
      // the operator has a bias for the input and one for the recurrence
      graph.floats('bias', [...inputBias, ...new Float64Array(4 * D)], [1, 8 * D]),
      '', // all windows have the same length
      initial.hidden,
      initial.cell,
    ],
    { hidden_size: D },
  ) as [Value, Value, Value] // [T, 1, B, D], [1, B, D], [1, B, D]
  const steps = graph.node('Squeeze', [outputs, graph.integers('axis', [1])])
  return { value: graph.node('Transpose', [steps], { perm: [1, 0, 2] }), state: { hidden, cell } }
}

/** The state that a symbol starts with, `[1, B, D]`. */
export function symbolState(graph: GraphBuilder, hidden: SymbolVectors, cell: SymbolVectors): LstmState {
  const forLayer = (vectors: SymbolVectors) =>
    graph.node('Unsqueeze', [ofSymbol(graph, vectors), graph.integers('axis', [0])])
  return { hidden: forLayer(hidden), cell: forLayer(cell) }
}

/** Columns `[rows, 4D]` in ONNX's order of gates. */
function reorderGates(data: Float64Array, rows: number, D: number): Float64Array {
  const reordered = new Float64Array(data.length)
  for (let row = 0; row < rows; row++) {
    GATE_ORDER.forEach((gate, place) => {
      const from = (row * 4 + gate) * D
      reordered.set(data.subarray(from, from + D), (row * 4 + place) * D)
    })
  }
  return reordered
}

/** `[rows, columns]` → `[columns, rows]` */
function transposed(data: Float64Array, columns: number): Float64Array {
  const rows = data.length / columns
  return data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!)
}
