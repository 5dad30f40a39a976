import type { Dense, Matrix, SymbolVectors } from '../../worker/plan/plan.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'

const matrix = (graph: GraphBuilder, { rows, columns, data }: Matrix): Value =>
  graph.floats('weight', data, [rows, columns])

export const multiply = (graph: GraphBuilder, x: Value, weight: Matrix): Value =>
  graph.node('MatMul', [x, matrix(graph, weight)])

/** `x · matrix + bias` on the last axis. */
export const dense = (graph: GraphBuilder, x: Value, d: Dense): Value =>
  graph.node('Add', [multiply(graph, x, d.matrix), graph.floats('bias', d.bias, [d.matrix.columns])])

/** The steps or columns `from … to` (exclusive) of an axis. */
export const sliceAxis = (graph: GraphBuilder, x: Value, axis: number, from: number, to: number): Value =>
  graph.node('Slice', [x, graph.integers('from', [from]), graph.integers('to', [to]), graph.integers('axis', [axis])])

export const reshape = (graph: GraphBuilder, x: Value, shape: readonly number[]): Value =>
  graph.node('Reshape', [x, graph.integers('shape', shape)])

/** The row of each window's symbol, `[B, width]`. */
export function ofSymbol(graph: GraphBuilder, { width, data }: SymbolVectors): Value {
  const rows = data.length / width
  const row = rows === 1 ? graph.node('Mul', ['symbols', graph.integers('zero', [0])]) : 'symbols'
  return graph.node('Gather', [graph.floats('bySymbol', data, [rows, width]), row], { axis: 0 })
}

/** The same, to be added to sequences: `[B, 1, width]`, or `[width]` where all symbols share one row. */
export function ofSymbolOverTime(graph: GraphBuilder, vectors: SymbolVectors): Value {
  const { width, data } = vectors
  if (data.length === width) return graph.floats('ofEverySymbol', data, [width])
  return graph.node('Unsqueeze', [ofSymbol(graph, vectors), graph.integers('axis', [1])])
}
