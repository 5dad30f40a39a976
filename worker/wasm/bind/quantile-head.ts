import type { HeadForm, QuantileHeadOperation } from '../../plan/plan.ts'
import type { Binding, Call } from '../binding.ts'
import { partsOf } from '../frame.ts'
import { packDense, padTo, withoutBias } from '../pack.ts'

/** @param output where the quantiles of the window at hand go, `[H][Q]`; read when the call runs */
export function bindQuantileHead(
  binding: Binding,
  operation: QuantileHeadOperation,
  output: { readonly at: number },
): Call[] {
  const { kernels, memory, plan, scratch } = binding
  const { name, matrix, head, quantiles: Q } = operation
  const D = matrix.rows
  const packed = memory.place(
    packDense(head.form === 'linear' ? { matrix, bias: head.bias } : withoutBias(matrix)),
    name,
  )
  scratch.reserveRows(padTo(4, Q + 1) + Q)
  const x = operation.in.buffer
  const { lookback } = plan.shape
  return partsOf(operation.in, lookback).map((span): Call => {
    const firstHorizon = span.from + (span.part === 'past' ? 0 : lookback) - operation.in.from
    const horizons = span.to - span.from
    const lanes = head.form === 'monotone' ? memory.place(packHorizonLanes(head, Q, firstHorizon, horizons), name) : 0
    return {
      ...span,
      name,
      // its biases are the horizons', whatever its input depends on
      stage: 'window',
      reads: [x],
      writes: [],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, from, steps) {
        const input = at[x] + from * 4
        const out = output.at + firstHorizon * Q * 4
        if (head.form === 'linear') {
          kernels.linearHead(input, stride[x], steps, D, packed, Q, scratch.at, out)
        } else {
          kernels.monotoneHead(input, stride[x], steps, D, packed, Q, lanes, scratch.at, out)
        }
      },
    }
  })
}

/** For each tile of eight horizons, biases `[Q + 1][8]` and mobilities `[8]`. */
function packHorizonLanes(
  { bias, mobility }: Extract<HeadForm, { form: 'monotone' }>,
  Q: number,
  first: number,
  horizons: number,
): Float64Array {
  const columns = Q + 1
  const tile = (columns + 1) * 8
  const packed = new Float64Array((padTo(8, horizons) / 8) * tile)
  for (let h = 0; h < horizons; h++) {
    const at = (h >> 3) * tile + (h & 7)
    for (let c = 0; c < columns; c++) packed[at + c * 8] = bias[(first + h) * columns + c]
    packed[at + columns * 8] = mobility[first + h]
  }
  return packed
}
