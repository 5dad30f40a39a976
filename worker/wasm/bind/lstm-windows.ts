import type { LstmOperation } from '../../plan/plan.ts'
import { addField, type Binding, type Call } from '../binding.ts'
import { type Frame, type Part, type PartSpan, strideSteps } from '../frame.ts'
import { packDense, packPanels, padTo } from '../pack.ts'
import { type BoundLstm, GATE_SCALES } from './lstm.ts'

/** Windows that run side by side, one a lane. */
export const GROUP = 8

/** Where the outputs of a group lie: its windows behind each other. */
export interface GroupOutput {
  readonly part: Part
  readonly field: number
  readonly at: number
  readonly stride: number
  readonly windowStride: number
}

/**
 * LSTMs that continue each other, over eight neighbouring windows of a series at once: matrix products instead of
 * matrix times vector. The inputs depend on the step alone, and the state they begin with on the symbol.
 */
export interface LstmChain {
  /** What runs here instead of one window at a time. */
  readonly lstms: readonly BoundLstm[]
  /** The input projections, `[4 D][time]` unit by unit, computed on the series. */
  readonly projections: readonly Call[]
  readonly outputs: readonly GroupOutput[]
  /** @param offsets of a part's steps in bytes, `[L]` or `[H]` */
  run(series: Frame, firstWindow: number, offsets: Readonly<Record<Part, number>>, symbol: number): void
}

interface Link {
  readonly operation: LstmOperation
  readonly projected: number
  readonly recurrent: number
  readonly spans: readonly { readonly span: PartSpan; readonly output: GroupOutput }[]
}

/**
 * The chains among a plan's LSTMs. Those whose input depends on the window are in none; what such a one continues is in
 * none either, for its state must lie where running window by window leaves it.
 */
export function bindLstmChains(binding: Binding, lstms: readonly BoundLstm[]): LstmChain[] {
  const chains: BoundLstm[][] = []
  for (const lstm of lstms) {
    const { initial, inputStage } = lstm.operation
    if (inputStage !== 'step') continue
    if (initial.kind === 'symbol') chains.push([lstm])
    else chains.find(chain => chain.at(-1)!.operation === initial.from)?.push(lstm)
  }
  const chained = new Set(chains.flat())
  const continuedAlone = new Set(
    lstms.flatMap(lstm => {
      const { initial } = lstm.operation
      return initial.kind === 'continued' && !chained.has(lstm) ? [initial.from] : []
    }),
  )
  return chains.filter(chain => !continuedAlone.has(chain.at(-1)!.operation)).map(chain => bindChain(binding, chain))
}

function bindChain(binding: Binding, chain: readonly BoundLstm[]): LstmChain {
  const { kernels, memory, scratch } = binding
  const { name, width: D } = chain[0].operation
  const links = chain.map(lstm => bindLink(binding, lstm))
  const steps = links.flatMap(link => link.spans).reduce((sum, { span }) => sum + span.to - span.from, 0)
  const state = D * GROUP
  // what is read in fours may reach three steps behind the last
  const history = memory.allocate((steps + 4) * state, name)
  const cell = memory.allocate(state, name)
  const begins = chain[0].initial!
  const outputs = links.flatMap(link => link.spans.map(({ output }) => output))

  return {
    lstms: chain,
    projections: chain.flatMap((lstm, i) => projectionCalls(binding, lstm, links[i])),
    outputs,
    run(series, firstWindow, offsets, symbol) {
      const { floats } = memory
      const [hidden, initialCell] = [begins.hidden(symbol) / 4, begins.cell(symbol) / 4]
      for (let d = 0; d < D; d++) {
        floats.fill(floats[hidden + d], history / 4 + d * GROUP, history / 4 + (d + 1) * GROUP)
        floats.fill(floats[initialCell + d], cell / 4 + d * GROUP, cell / 4 + (d + 1) * GROUP)
      }
      let before = history
      for (const { projected, recurrent, spans } of links) {
        for (const { span, output } of spans) {
          const count = span.to - span.from
          kernels.lstmWindows(
            series.at[span.part][projected] + firstWindow * 4,
            series.stride[span.part][projected],
            offsets[span.part] + span.from * 4,
            count,
            D,
            recurrent,
            cell,
            scratch.at,
            before,
          )
          kernels.separateWindows(
            before + state * 4,
            count,
            D,
            output.at + span.from * 4,
            output.stride,
            output.windowStride,
          )
          before += count * state * 4
        }
      }
    },
  }
}

function bindLink(binding: Binding, lstm: BoundLstm): Link {
  const { memory } = binding
  const { operation, spans } = lstm
  const { name, width: D } = operation
  const order = unitOrder(D)
  const projected = addField(binding, { name: `${name}.projected`, width: order.length, layout: 'features' })
  const scale = (column: number) => GATE_SCALES[Math.floor(column / D)]
  return {
    operation,
    projected,
    recurrent: memory.place(packPanels(operation.recurrent, order, scale), name),
    spans: spans.map(span => {
      const steps = strideSteps(span.to)
      const windowStride = padTo(8, D) * steps * 4
      const at = memory.allocate((windowStride / 4) * GROUP, name)
      return { span, output: { part: span.part, field: operation.out.buffer, at, stride: steps * 4, windowStride } }
    }),
  }
}

function projectionCalls({ kernels, memory }: Binding, { operation, spans }: BoundLstm, { projected }: Link): Call[] {
  const { name, width: D, input } = operation
  const { rows: I, columns } = input.matrix
  const packed = memory.place(
    packDense(input, column => GATE_SCALES[Math.floor(column / D)], unitOrder(D)),
    name,
  )
  const x = operation.in.buffer
  return spans.map(span => ({
    ...span,
    name,
    stage: 'step',
    reads: [x],
    writes: [projected],
    run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps) {
      const offset = first * 4
      kernels.linear(at[x] + offset, stride[x], steps, I, packed, columns, at[projected] + offset, stride[projected])
    },
  }))
}

/** A unit's gates i, f, g, o side by side. */
const unitOrder = (D: number): number[] => Array.from({ length: 4 * D }, (_, i) => (i & 3) * D + (i >> 2))
