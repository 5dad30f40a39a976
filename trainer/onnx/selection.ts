import type { Matrix, SelectedVariable, SelectionOperation } from '../../worker/plan/plan.ts'
import { gatedLinear, gatedUnit, LAYER_NORM_EPSILON } from './gated-unit.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { dense, multiply, ofSymbolOverTime, reshape } from './pieces.ts'

export interface Selected {
  /** `[B, T, D]` */
  readonly value: Value
  /** `[B, T, V]` */
  readonly weights: Value
}

/** @param x the scalars `[B, T, V]` */
export function selection(graph: GraphBuilder, x: Value, operation: SelectionOperation): Selected {
  const weights = selectionWeights(graph, x, operation)
  const transformed = transformVariables(graph, x, operation) // [V, B·T, D]
  const shares = variablesFirst(graph, weights, operation.inputs.length) // [V, B·T, 1]
  const sum = graph.node('ReduceSum', [graph.node('Mul', [transformed, shares]), graph.integers('axis', [0])], {
    keepdims: 0,
  })
  const steps = operation.out.to - operation.out.from
  return { value: reshape(graph, sum, [-1, steps, operation.width]), weights }
}

/** `[B, T, V]` */
function selectionWeights(graph: GraphBuilder, x: Value, { logits }: SelectionOperation): Value {
  const first = graph.node('Add', [multiply(graph, x, logits.first), ofSymbolOverTime(graph, logits.firstBias)])
  const unit = gatedUnit(graph, graph.node('Elu', [first]), dense(graph, x, logits.skip), logits.unit)
  return graph.node('Softmax', [unit], { axis: -1 })
}

/** `[B, T, V]` → `[V, B·T, 1]` */
const variablesFirst = (graph: GraphBuilder, x: Value, variables: number): Value =>
  reshape(graph, graph.node('Transpose', [x], { perm: [2, 0, 1] }), [variables, -1, 1])

/** Each variable through its own gated residual network, all in batched products: `[V, B·T, D]`. */
function transformVariables(graph: GraphBuilder, x: Value, { variables, width: D }: SelectionOperation): Value {
  const V = variables.length
  const rows = (part: (v: SelectedVariable) => Float64Array) =>
    graph.floats(
      'ofVariables',
      variables.flatMap(v => [...part(v)]),
      [V, 1, part(variables[0]!).length],
    )
  const matrices = (part: (v: SelectedVariable) => Matrix) => {
    const { rows: K, columns: N } = part(variables[0]!)
    return graph.floats(
      'weights',
      variables.flatMap(v => [...part(v).data]),
      [V, K, N],
    )
  }
  const scalars = variablesFirst(graph, x, V)
  const affine = (slope: Value, offset: Value) => graph.node('Add', [graph.node('Mul', [scalars, slope]), offset])

  let hidden = graph.node('Elu', [
    affine(
      rows(v => v.slope),
      rows(v => v.intercept),
    ),
  ])
  if (variables.every(v => v.unit.before)) {
    hidden = graph.node('Add', [
      graph.node('MatMul', [hidden, matrices(v => v.unit.before!.matrix)]),
      rows(v => v.unit.before!.bias),
    ])
  }
  const gate = graph.node('Add', [
    graph.node('MatMul', [hidden, matrices(v => v.unit.gate.matrix)]),
    rows(v => v.unit.gate.bias),
  ])
  const skip = affine(
    rows(v => v.embedding),
    rows(v => v.embeddingOffset),
  )
  // each variable has its own gain and offset, and the norm's own are one row
  const normal = graph.node(
    'LayerNormalization',
    [graph.node('Add', [skip, gatedLinear(graph, gate)]), graph.floats('ones', new Float32Array(D).fill(1), [D])],
    { axis: -1, epsilon: { float: LAYER_NORM_EPSILON } },
  )
  return graph.node('Add', [graph.node('Mul', [normal, rows(v => v.unit.gain)]), rows(v => v.unit.offset)])
}
