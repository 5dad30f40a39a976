import type { BlockOf } from '../../models/blocks.ts'
import type { Weights } from '../../sdk/engine.ts'
import { gatedUnitOf } from './gated-unit.ts'
import { affine, denseOf, matrixOf, multiply, row, sum } from './matrix.ts'
import type { Dense, Matrix, SelectedVariable, SelectionOperation, Span, SymbolVectors } from './plan.ts'
import type { EmbeddedScalar } from './planned-value.ts'
import { constantVector, mapSymbols } from './symbol-vectors.ts'

/**
 * A selection among embedded scalars. An embedding is affine in its scalar, so it folds into the first layers: `[V·D, D]`
 * becomes `[V, D]`, and each variable's `[D, D]` becomes a slope and an intercept.
 */
export function selectionOperation(
  block: BlockOf<'variableSelection'>,
  o: {
    readonly scalars: readonly EmbeddedScalar[]
    readonly context: SymbolVectors | null
    readonly out: Span
    readonly weights: Weights
    readonly fold: boolean
  },
): SelectionOperation {
  const { name, width } = block
  const { scalars, context, weights, fold } = o
  const first = foldEmbeddings(scalars, denseOf(weights, `${name}.flat.fc1`))
  const projection = context && matrixOf(weights, `${name}.flat.ctx.w`)
  return {
    kind: 'selection',
    name,
    stage: 'step',
    inputs: scalars.map(({ tensor, column }) => ({ tensor, column })),
    out: o.out,
    width,
    logits: {
      first: first.matrix,
      firstBias:
        context && projection
          ? mapSymbols(context, vector => sum(first.bias, multiply(row(vector), projection).data))
          : constantVector(first.bias),
      skip: weights.has(`${name}.flat.skip.w`)
        ? foldEmbeddings(scalars, denseOf(weights, `${name}.flat.skip`))
        : onlyScalar(scalars),
      unit: gatedUnitOf(weights, `${name}.flat`, { before: denseOf(weights, `${name}.flat.fc2`), fold }),
    },
    variables: scalars.map((scalar, v) => selectedVariable(name, scalar, v, weights, fold)),
  }
}

function selectedVariable(
  name: string,
  { embedding, offset }: EmbeddedScalar,
  v: number,
  weights: Weights,
  fold: boolean,
): SelectedVariable {
  const first = denseOf(weights, `${name}.var.fc1`, v)
  return {
    slope: multiply(row(embedding), first.matrix).data,
    intercept: affine(offset, first),
    embedding,
    embeddingOffset: offset,
    unit: gatedUnitOf(weights, `${name}.var`, { before: denseOf(weights, `${name}.var.fc2`, v), fold, copy: v }),
  }
}

/** An affine map of all embeddings side by side, `[V·D, N]`, as one of the scalars, `[V, N]`. */
function foldEmbeddings(scalars: readonly EmbeddedScalar[], { matrix, bias }: Dense): Dense {
  const N = matrix.columns
  const data = new Float64Array(scalars.length * N)
  let folded = bias
  scalars.forEach(({ embedding, offset }, v) => {
    const D = embedding.length
    const rows: Matrix = { rows: D, columns: N, data: matrix.data.subarray(v * D * N, (v + 1) * D * N) }
    data.set(multiply(row(embedding), rows).data, v * N)
    folded = sum(folded, multiply(row(offset), rows).data)
  })
  return { matrix: { rows: scalars.length, columns: N, data }, bias: folded }
}

/** Without a projection V·D = V, so embeddings are one wide, and the skip is each embedded scalar itself. */
function onlyScalar(scalars: readonly EmbeddedScalar[]): Dense {
  const V = scalars.length
  const data = new Float64Array(V * V)
  scalars.forEach(({ embedding }, v) => {
    data[v * V + v] = embedding[0]
  })
  return { matrix: { rows: V, columns: V, data }, bias: Float64Array.from(scalars, s => s.offset[0]) }
}
