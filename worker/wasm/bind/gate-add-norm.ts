import type { GateAddNormOperation } from '../../plan/plan.ts'
import type { Binding, Call } from '../binding.ts'
import { partsOf } from '../frame.ts'
import { packUnit, padTo } from '../pack.ts'

export function bindGateAddNorm(binding: Binding, operation: GateAddNormOperation): Call[] {
  const { kernels, memory, plan, scratch } = binding
  const { name, stage, unit } = operation
  const K = unit.gate.matrix.rows
  const N = unit.gain.length
  const packed = memory.place(packUnit(unit), name)
  scratch.reserveRows(2 * padTo(4, N))
  const [x, skip, out] = [operation.in.buffer, operation.skip.buffer, operation.out.buffer]
  return partsOf(operation.out, plan.shape.lookback).map(span => ({
    ...span,
    name,
    stage,
    reads: [x, skip],
    writes: [out],
    run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps) {
      const offset = first * 4
      kernels.gateAddNorm(
        at[x] + offset,
        stride[x],
        steps,
        K,
        packed,
        N,
        at[skip] + offset,
        stride[skip],
        scratch.at,
        at[out] + offset,
        stride[out],
      )
    },
  }))
}
