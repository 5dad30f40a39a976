import type { MlpOperation } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { dense, multiply, reshape, sliceAxis } from './pieces.ts'
import { monotoneQuantiles } from './quantile-head.ts'

/** A whole network without steps. @returns `[B, H, Q]` */
export function mlp(graph: GraphBuilder, operation: MlpOperation): Value {
  const { horizons, quantiles, head } = operation
  const rows = operation.inputs.map(input => graph.node('Flatten', [input], { axis: 1 }))
  const window = rows.length === 1 ? rows[0]! : graph.node('Concat', rows, { axis: 1 }) // [B, I]
  const body = operation.layers.reduce((x, layer) => silu(graph, dense(graph, x, layer)), window)

  const columns = reshape(graph, multiply(graph, body, operation.matrix), [-1, horizons, quantiles + 1])
  const skip = reshape(graph, multiply(graph, window, operation.skip), [-1, horizons, 1])
  const scale = graph.node('Add', [sliceAxis(graph, columns, 2, 0, 1), skip])
  return monotoneQuantiles(graph, { columns, scale, head, horizons, quantiles })
}

const silu = (graph: GraphBuilder, x: Value): Value => graph.node('Mul', [x, graph.node('Sigmoid', [x])])
