import type { Axis, AxisRows, Graph, Step } from './graph.ts'
import { UnionRows } from './union-rows.ts'

interface RunningNode {
  readonly step: Step
  readonly out: Float64Array
  readonly inputs: readonly Float64Array[]
  readonly rows: AxisRows
  readonly inputRows: readonly AxisRows[]
}

/**
 * A graph at work: takes new rows in, keeps what later rows need. The caller fills the source columns and each axis' rows,
 * then calls `advance`; nothing is allocated from then on.
 */
export class GraphRun {
  /** Of the clock and of each symbol. */
  readonly rows: readonly AxisRows[]
  /** By node; the new rows' values after `advance`. */
  readonly columns: readonly Float64Array[]
  readonly #unions: UnionRows
  readonly #nodes: readonly RunningNode[]

  /** @param capacity most rows of an axis at a time */
  constructor(graph: Graph, o: { readonly capacity: number; readonly stepMs: number }) {
    const makeRows = (): AxisRows => ({
      count: 0,
      openTimeMs: new Float64Array(o.capacity),
      tick: new Int32Array(o.capacity),
    })
    this.rows = graph.axes.map(makeRows)
    this.#unions = new UnionRows(graph, this.rows, makeRows)
    const rowsOf = ({ index, members }: Axis): AxisRows => (members ? this.#unions.rows : this.rows)[index]
    this.columns = graph.nodes.map(() => new Float64Array(o.capacity))
    const sources = new Set(graph.sources.map(source => source.id))
    this.#nodes = graph.nodes
      .filter(node => !sources.has(node.id))
      .map(({ id, axis, operation }) => ({
        step: operation.start({ stepMs: o.stepMs }),
        out: this.columns[id],
        inputs: operation.inputs.map(input => this.columns[input.id]),
        rows: rowsOf(axis),
        inputRows: operation.inputs.map(input => rowsOf(input.axis)),
      }))
  }

  advance(): void {
    this.#unions.fill()
    const nodes = this.#nodes
    for (let i = 0; i < nodes.length; i++) {
      const { step, out, inputs, rows, inputRows } = nodes[i]
      if (rows.count > 0) step(out, inputs, rows, inputRows)
    }
  }
}
