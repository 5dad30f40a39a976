import type { HeadForm, QuantileHeadOperation } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { multiply, sliceAxis } from './pieces.ts'

/** @param x `[B, H, D]` @returns `[B, H, Q]` */
export function quantileHead(
  graph: GraphBuilder,
  x: Value,
  { matrix, head, horizons, quantiles }: QuantileHeadOperation,
): Value {
  const columns = multiply(graph, x, matrix)
  if (head.form === 'linear') return graph.node('Add', [columns, graph.floats('bias', head.bias, [quantiles])])
  const scale = sliceAxis(graph, columns, 2, 0, 1)
  return monotoneQuantiles(graph, { columns, scale, head, horizons, quantiles })
}

export interface MonotoneColumns {
  /** `[B, H, Q + 1]`, before bias and mobility. */
  readonly columns: Value
  /** The log-scale's departure from its bias, `[B, H, 1]`. */
  readonly scale: Value
  readonly head: Extract<HeadForm, { form: 'monotone' }>
  readonly horizons: number
  readonly quantiles: number
}

/** Quantiles that cannot cross: increments cumulated outwards from the median, times the scale. `[B, H, Q]` */
export function monotoneQuantiles(graph: GraphBuilder, o: MonotoneColumns): Value {
  const { horizons: H, quantiles: Q, head } = o
  const column = (from: number, to: number) => (_: unknown, i: number) => {
    const width = to - from
    return head.bias[Math.floor(i / width) * (Q + 1) + from + (i % width)]!
  }
  const bias = (from: number, to: number) =>
    graph.floats('bias', Array.from({ length: H * (to - from) }, column(from, to)), [H, to - from])

  const scale = graph.node('Clip', [
    graph.node('Add', [o.scale, bias(0, 1)]),
    graph.floats('lowest', [-3], []),
    graph.floats('highest', [3], []),
  ])
  const departure = graph.node('Mul', [
    sliceAxis(graph, o.columns, 2, 1, Q + 1),
    graph.floats('mobility', head.mobility, [H, 1]),
  ])
  const shape = graph.node('Add', [departure, bias(1, Q + 1)])
  const median = sliceAxis(graph, shape, 2, 0, 1)
  const increments = graph.node('Softplus', [sliceAxis(graph, shape, 2, 1, Q)])
  const distances = graph.node('MatMul', [increments, graph.floats('cumulation', cumulation(Q), [Q - 1, Q])])
  return graph.node('Mul', [graph.node('Add', [median, distances]), graph.node('Exp', [scale])])
}

/** `[Q − 1, Q]`: each increment moves every quantile outside of it, downwards in the lower half. */
function cumulation(Q: number): Float32Array {
  const median = (Q - 1) / 2
  return Float32Array.from({ length: (Q - 1) * Q }, (_, at) => {
    const [increment, quantile] = [Math.floor(at / Q), at % Q]
    if (increment < median) return quantile <= increment ? -1 : 0
    return quantile > increment ? 1 : 0
  })
}
