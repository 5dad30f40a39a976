import type { ScalarInput, SelectionOperation } from '../../plan/plan.ts'
import { addField, type Binding, type Call, placeSymbolVectors } from '../binding.ts'
import { type PartSpan, partsOf } from '../frame.ts'
import { join, packDense, packPanels, packUnit, packVector, padTo } from '../pack.ts'

/** A selection's scalars, `[V][time]`, are transposed from the inputs' rows before its calls run. */
export interface ScalarField {
  readonly field: number
  readonly spans: readonly PartSpan[]
  readonly runs: readonly ColumnRun[]
}

/** Neighbouring columns of an input. */
export interface ColumnRun {
  readonly tensor: ScalarInput['tensor']
  readonly column: number
  readonly count: number
  /** The first one's row in the field. */
  readonly row: number
}

export interface BoundSelection {
  readonly calls: readonly Call[]
  readonly scalars: ScalarField
  /** The field of the selection weights, `[V][time]`. */
  readonly weights: number
}

export function bindSelection(binding: Binding, operation: SelectionOperation): BoundSelection {
  const { kernels, memory, plan, scratch, tables } = binding
  const { name, stage, logits, variables, width: D } = operation
  const V = operation.inputs.length
  const E = logits.first.columns
  const scalars = addField(binding, { name: `${name}.scalars`, width: V, layout: 'features' })
  const weights = addField(binding, { name: `${name}.weights`, width: V, layout: 'features' })
  const firstBias = placeSymbolVectors(binding, logits.firstBias, { what: name, scale: Math.LOG2E })
  const packedLogits = memory.place(
    join(
      packPanels(logits.first, undefined, () => Math.LOG2E),
      packDense(logits.skip),
      packUnit(logits.unit, { afterElu: true, normScale: Math.LOG2E }),
    ),
    name,
  )
  const packed = variables.map(packVariable)
  const packedVariables = memory.place(join(...packed), name)
  const entries =
    tables?.place({ name, width: D, packed: packed.map(({ length }, v) => packedVariables + v * length * 4) }) ?? null
  scratch.reserveRows(Math.max(padTo(4, E) + 3 * padTo(4, V), 3 * padTo(4, D), 5 * V + padTo(4, D)))
  const out = operation.out.buffer
  const spans = partsOf(operation.out, plan.shape.lookback)
  const calls = spans.map(
    (span): Call => ({
      ...span,
      name,
      stage,
      reads: [scalars],
      writes: [weights, out],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, first, steps, symbol) {
        const offset = first * 4
        const [x, w] = [at[scalars] + offset, at[weights] + offset]
        kernels.selectionWeights(
          x,
          stride[scalars],
          steps,
          V,
          E,
          packedLogits,
          firstBias(symbol),
          scratch.at,
          w,
          stride[weights],
        )
        const target = at[out] + offset
        if (entries === null) {
          kernels.selectVariables(
            x,
            stride[scalars],
            steps,
            V,
            D,
            packedVariables,
            w,
            stride[weights],
            scratch.at,
            target,
            stride[out],
          )
        } else {
          kernels.selectTabulated(
            x,
            stride[scalars],
            steps,
            V,
            D,
            entries,
            packedVariables,
            w,
            stride[weights],
            scratch.at,
            target,
            stride[out],
          )
        }
      },
    }),
  )
  return { calls, scalars: { field: scalars, spans, runs: columnRuns(operation.inputs) }, weights }
}

function packVariable(variable: SelectionOperation['variables'][number]): Float64Array {
  return join(
    packVector(variable.slope, undefined, () => Math.LOG2E),
    packVector(variable.intercept, undefined, () => Math.LOG2E),
    packVector(variable.embedding),
    packVector(variable.embeddingOffset),
    packUnit(variable.unit, { afterElu: true }),
  )
}

function columnRuns(inputs: readonly ScalarInput[]): ColumnRun[] {
  const runs: { tensor: ScalarInput['tensor']; column: number; count: number; row: number }[] = []
  inputs.forEach(({ tensor, column }, row) => {
    const last = runs.at(-1)
    if (last && last.tensor === tensor && last.column + last.count === column) last.count++
    else runs.push({ tensor, column, count: 1, row })
  })
  return runs
}
