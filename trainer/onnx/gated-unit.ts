import type { GatedUnit } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { dense } from './pieces.ts'

/** Added to the variance, as the networks are trained. */
export const LAYER_NORM_EPSILON = 1e-5

/** `LN(skip + GLU(x · before))` */
export function gatedUnit(graph: GraphBuilder, x: Value, skip: Value, unit: GatedUnit): Value {
  const gated = gatedLinear(graph, dense(graph, unit.before ? dense(graph, x, unit.before) : x, unit.gate))
  const width = unit.gain.length
  return graph.node(
    'LayerNormalization',
    [
      graph.node('Add', [skip, gated]),
      graph.floats('gain', unit.gain, [width]),
      graph.floats('offset', unit.offset, [width]),
    ],
    { axis: -1, epsilon: { float: LAYER_NORM_EPSILON } },
  )
}

/** `GLU([value, gate]) = value · sigmoid(gate)`, halves of the last axis. */
export function gatedLinear(graph: GraphBuilder, x: Value): Value {
  const [value, gate] = graph.nodeOf(2, 'Split', [x], { axis: -1 }) as [Value, Value]
  return graph.node('Mul', [value, graph.node('Sigmoid', [gate])])
}
