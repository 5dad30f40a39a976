import type { AttentionOperation, Matrix } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { multiply, reshape, sliceAxis } from './pieces.ts'

const MASKED = -1e9

/** @param x `[B, T, D]` @returns the heads' mean of values `[B, queries, depth]` and of patterns `[B, queries, T]` */
export function attention(
  graph: GraphBuilder,
  x: Value,
  { in: span, heads, queries, query, key, value }: AttentionOperation,
): { readonly value: Value; readonly weights: Value } {
  const steps = span.to - span.from
  const depth = query.columns / heads
  const byHead = (y: Value, length: number, perm: readonly number[]) =>
    graph.node('Transpose', [reshape(graph, y, [-1, length, heads, depth])], { perm })

  const queryRows = sliceAxis(graph, x, 1, steps - queries, steps)
  const q = byHead(multiply(graph, queryRows, scaled(query, 1 / Math.sqrt(depth))), queries, [0, 2, 1, 3]) // [B, N, queries, depth]
  const k = byHead(multiply(graph, x, key), steps, [0, 2, 3, 1]) // [B, N, depth, T]
  const mask = graph.floats('causalMask', causalMask(queries, steps), [queries, steps])
  const scores = graph.node('Add', [graph.node('MatMul', [q, k]), mask])
  const patterns = graph.node('Softmax', [scores], { axis: -1 })
  const weights = graph.node('ReduceMean', [patterns], { axes: [1], keepdims: 0 })
  return { value: graph.node('MatMul', [weights, multiply(graph, x, value)]), weights }
}

const scaled = (m: Matrix, factor: number): Matrix => ({ ...m, data: m.data.map(w => w * factor) })

/** `[queries, steps]`: 0 where a query may look, very low at later steps. */
function causalMask(queries: number, steps: number): Float32Array {
  return Float32Array.from({ length: queries * steps }, (_, i) => {
    const row = Math.floor(i / steps)
    return i % steps > steps - queries + row ? MASKED : 0
  })
}
