import type { AxisRows, Graph } from './graph.ts'

/** The rows of a graph's unions, made of the rows of their symbols. */
export class UnionRows {
  /** By union. */
  readonly rows: readonly AxisRows[]
  readonly #clock: AxisRows
  /** `[unions][members]` */
  readonly #members: readonly (readonly AxisRows[])[]
  /** Ticks at which a member has a candle. */
  readonly #isThere: Uint8Array

  /** @param axes rows of the clock and of each symbol, of the same capacity */
  constructor(graph: Graph, axes: readonly AxisRows[], makeRows: () => AxisRows) {
    this.#clock = axes[0]
    this.rows = graph.unions.map(makeRows)
    this.#members = graph.unions.map(({ members = [] }) => members.map(axis => axes[axis.index]))
    this.#isThere = new Uint8Array(this.#clock.tick.length)
  }

  fill(): void {
    const clock = this.#clock
    const isThere = this.#isThere
    for (let u = 0; u < this.rows.length; u++) {
      const union = this.rows[u]
      const members = this.#members[u]
      isThere.fill(0, 0, clock.count)
      for (let m = 0; m < members.length; m++) {
        const { count, tick } = members[m]
        for (let i = 0; i < count; i++) isThere[tick[i]] = 1
      }
      union.count = 0
      for (let i = 0; i < clock.count; i++) {
        if (isThere[i] === 0) continue
        union.openTimeMs[union.count] = clock.openTimeMs[i]
        union.tick[union.count++] = i
      }
    }
  }
}
