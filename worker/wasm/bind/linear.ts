import type { LinearOperation } from '../../plan/plan.ts'
import type { Binding, Call } from '../binding.ts'
import { partsOf } from '../frame.ts'
import { packDense } from '../pack.ts'

export function bindLinear({ kernels, memory, plan }: Binding, operation: LinearOperation): Call[] {
  const { name, stage, dense } = operation
  const { rows: K, columns: N } = dense.matrix
  const packed = memory.place(packDense(dense), name)
  const [x, out] = [operation.in.buffer, operation.out.buffer]
  return partsOf(operation.out, plan.shape.lookback).map(span => ({
    ...span,
    name,
    stage,
    reads: [x],
    writes: [out],
    run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps) {
      const offset = first * 4
      kernels.linear(at[x] + offset, stride[x], steps, K, packed, N, at[out] + offset, stride[out])
    },
  }))
}
