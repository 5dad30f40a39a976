import type { GatedResidualOperation } from '../../plan/plan.ts'
import { type Binding, type Call, placeSymbolVectors } from '../binding.ts'
import { partsOf } from '../frame.ts'
import { packDense, packPanels, packUnit, padTo } from '../pack.ts'

export function bindGatedResidual(binding: Binding, operation: GatedResidualOperation): Call[] {
  const { kernels, memory, plan, scratch } = binding
  const { name, stage, unit } = operation
  const { rows: I, columns: E } = operation.first
  const N = unit.gain.length
  const first = memory.place(
    packPanels(operation.first, undefined, () => Math.LOG2E),
    name,
  )
  const bias = placeSymbolVectors(binding, operation.firstBias, { what: name, scale: Math.LOG2E })
  const skip = operation.skip ? memory.place(packDense(operation.skip), name) : 0
  const packed = memory.place(packUnit(unit, { afterElu: true }), name)
  scratch.reserveRows(padTo(4, E) + 3 * padTo(4, N))
  const [x, out] = [operation.in.buffer, operation.out.buffer]
  return partsOf(operation.out, plan.shape.lookback).map(span => ({
    ...span,
    name,
    stage,
    reads: [x],
    writes: [out],
    run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, from, steps, symbol) {
      const offset = from * 4
      kernels.gatedResidual(
        at[x] + offset,
        stride[x],
        steps,
        I,
        first,
        bias(symbol),
        E,
        skip,
        packed,
        N,
        scratch.at,
        at[out] + offset,
        stride[out],
      )
    },
  }))
}
