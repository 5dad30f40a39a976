import type { LstmOperation } from '../../plan/plan.ts'
import { addField, type Binding, type Call, placeSymbolVectors, type SymbolAddress } from '../binding.ts'
import { type PartSpan, partsOf } from '../frame.ts'
import { packRows, packVector, padTo } from '../pack.ts'

/** i, f, g, o: what turns 2^x into sigmoid and tanh; see kernels/forward/lstm-cell.ts. */
export const GATE_SCALES = [-Math.LOG2E, -Math.LOG2E, 2 * Math.LOG2E, -Math.LOG2E]

/** The address of an LSTM's state while it runs: hidden and cell, each `[D]` padded to eights. */
export interface LstmState {
  readonly hidden: number
  readonly cell: number
}

/** Hidden state and cell that a symbol's windows begin with. */
export interface InitialState {
  readonly hidden: SymbolAddress
  readonly cell: SymbolAddress
}

export interface BoundLstm {
  readonly operation: LstmOperation
  readonly spans: readonly PartSpan[]
  /** The input projection, and the recurrence. */
  readonly calls: readonly Call[]
  readonly state: LstmState
  /** Null where it continues another LSTM. */
  readonly initial: InitialState | null
}

/** @param continued the LSTM whose state this one goes on with, where it does */
export function bindLstm(binding: Binding, operation: LstmOperation, continued: BoundLstm | null): BoundLstm {
  const { kernels, memory, plan, scratch } = binding
  const { name, width: D, input, inputStage } = operation
  const panels = padTo(8, D) / 8
  const I = input.matrix.rows
  const order = Array.from({ length: panels * 32 }, (_, i) => {
    const unit = (i >> 5) * 8 + (i & 7)
    return unit < D ? ((i >> 3) & 3) * D + unit : -1
  })
  const scale = (column: number) => GATE_SCALES[Math.floor(column / D)]
  const projection = memory.place(packRows(input.matrix, order, scale), name)
  const bias = memory.place(packVector(input.bias, order, scale), name)
  const packedRecurrent = memory.place(packRecurrentPanels(operation, order, scale), name)
  const projected = addField(binding, { name: `${name}.projected`, width: order.length, layout: 'steps' })
  scratch.reserveRows(Math.max(panels * 4, D * 4))

  const state = continued?.state ?? {
    hidden: memory.allocate(panels * 8, name),
    cell: memory.allocate(panels * 8, name),
  }
  const { initial } = operation
  const begins: InitialState | null =
    initial.kind === 'continued'
      ? null
      : {
          hidden: placeSymbolVectors(binding, initial.hidden, { what: name, multiple: 8 }),
          cell: placeSymbolVectors(binding, initial.cell, { what: name, multiple: 8 }),
        }
  const [x, out] = [operation.in.buffer, operation.out.buffer]
  const parts = partsOf(operation.out, plan.shape.lookback)
  const calls = parts.flatMap((span, i): Call[] => [
    {
      ...span,
      name,
      stage: inputStage,
      reads: [x],
      writes: [projected],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps) {
        kernels.denseRows(
          at[x] + first * 4,
          stride[x],
          I,
          projection,
          bias,
          order.length,
          steps,
          at[projected] + first * stride[projected],
        )
      },
    },
    {
      ...span,
      name,
      stage: 'window',
      reads: [projected],
      writes: [out],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps, symbol) {
        if (i === 0 && begins) {
          const { floats } = memory
          const copy = (from: number, to: number) => floats.copyWithin(to / 4, from / 4, from / 4 + panels * 8)
          copy(begins.hidden(symbol), state.hidden)
          copy(begins.cell(symbol), state.cell)
        }
        kernels.lstm(
          at[projected] + first * stride[projected],
          steps,
          D,
          packedRecurrent,
          state.hidden,
          state.cell,
          scratch.at,
          at[out] + first * 4,
          stride[out],
        )
      },
    },
  ])
  return { operation, spans: parts, calls, state, initial: begins }
}

/** `[P][D][4][8]` */
function packRecurrentPanels(
  { recurrent, width: D }: LstmOperation,
  order: readonly number[],
  scale: (column: number) => number,
): Float64Array {
  const packed = new Float64Array(order.length * D)
  order.forEach((column, i) => {
    if (column < 0) return
    const panel = (i >> 5) * D * 32 + (i & 31)
    const factor = scale(column)
    for (let k = 0; k < D; k++) packed[panel + k * 32] = recurrent.data[k * 4 * D + column] * factor
  })
  return packed
}
