import type { ScalarField } from './bind/variable-selection.ts'
import type { Binding } from './binding.ts'
import type { Frame, Part } from './frame.ts'

/** Rows of scaled inputs in memory: step s of `observed` stands at `observed + s · Fo` floats, of `known` alike. */
export interface InputRows {
  readonly observed: number
  readonly known: number
}

/** Transposes the inputs of `steps` steps of a part into a selection's scalars, from the frame's step `first` on. */
export function loadScalars(
  { kernels, plan }: Binding,
  scalars: ScalarField,
  rows: InputRows,
  frame: Frame,
  part: Part,
  first: number,
  steps: number,
): void {
  const stride = frame.stride[part][scalars.field]
  const field = frame.at[part][scalars.field] + first * 4
  for (const { tensor, column, count, row } of scalars.runs) {
    const width = plan.shape[tensor]
    kernels.transpose(rows[tensor] + column * 4, width * 4, steps, count, field + row * stride, stride)
  }
}
