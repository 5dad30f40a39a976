import { index, plus, range, u } from './wgsl.ts'

/** How a workgroup shares out the rows of its tile and the columns of its matrices. */
export interface TileShape {
  /** Neighbouring invocations take neighbouring rows. */
  readonly lanes: number
  /** Each takes this many rows, `lanes` apart, so that a weight is read and decoded once for all of them. */
  readonly rowsPerLane: number
  /** The same rows are taken by so many groups of lanes, which divide columns (or variables, or heads) among them. */
  readonly groups: number
}

/** Which of an invocation's rows: a number, or the name of a loop's variable. */
export type Row = number | 'r'

/** Room for a row of `quads` quads per row of the tile. */
export interface Slot {
  readonly quads: number
  /** The quad `j` of this invocation's row `r`. */
  at(r: Row, j: number | string): string
}

/**
 * The memory of a workgroup's rows. With several groups it is workgroup memory and every exchange takes a barrier; a single
 * group's rows belong to one invocation each, and then it is private.
 */
export class Tile {
  readonly shape: TileShape
  readonly #taken: { readonly start: number; readonly quads: number }[] = []
  readonly #starts = new Map<Slot, number>()
  #quadsPerRow = 0

  constructor(shape: TileShape) {
    this.shape = shape
  }

  get rows(): number {
    return this.shape.lanes * this.shape.rowsPerLane
  }

  get invocations(): number {
    return this.shape.lanes * this.shape.groups
  }

  /** Code for each row of an invocation, written once. */
  eachRow(body: (r: Row) => string): string {
    const { rowsPerLane } = this.shape
    return rowsPerLane === 1 ? `{\n${body(0)}\n}\n` : `for (var r = 0u; r < ${rowsPerLane}u; r++) {\n${body('r')}\n}\n`
  }

  /** The numbers of an invocation's rows, for code that is unrolled over them. */
  get ownRows(): number[] {
    return range(this.shape.rowsPerLane)
  }

  /** The most that was taken at once. */
  get bytes(): number {
    return this.#quadsPerRow * this.rows * 16
  }

  take(quads: number): Slot {
    let start = 0
    for (const other of this.#taken) {
      if (start + quads <= other.start) break
      start = other.start + other.quads
    }
    this.#taken.push({ start, quads })
    this.#taken.sort((a, b) => a.start - b.start)
    this.#quadsPerRow = Math.max(this.#quadsPerRow, start + quads)
    const { lanes, groups } = this.shape
    const slot: Slot = {
      quads,
      at: (r, j) => {
        const column = typeof j === 'number' ? j : `(${j})`
        const times = (n: number) => (r === 'r' ? `r * ${u(n)}` : r * n)
        if (groups === 1) return `tile[${plus(start * this.shape.rowsPerLane, times(quads), column)}]`
        return `tile[${plus(start * this.rows, `(${plus('lane', times(lanes))}) * ${u(quads)}`, column)}]`
      },
    }
    this.#starts.set(slot, start)
    return slot
  }

  give(slot: Slot): void {
    const start = this.#starts.get(slot)
    this.#taken.splice(
      this.#taken.findIndex(t => t.start === start && t.quads === slot.quads),
      1,
    )
  }

  /** After writing a slot that other groups read, and before writing one that they have read. */
  get barrier(): string {
    return this.shape.groups === 1 ? '' : 'workgroupBarrier();\n'
  }

  /** The memory, as declared at module scope. */
  get declaration(): string {
    const space = this.shape.groups === 1 ? 'private' : 'workgroup'
    const rows = this.shape.groups === 1 ? this.shape.rowsPerLane : this.rows
    return this.#quadsPerRow === 0 ? '' : `var<${space}> tile: array<vec4f, ${this.#quadsPerRow * rows}>;\n`
  }

  /** A loop over this group's share of `count` columns. */
  eachColumn(count: number | string, body: string, column = 'j'): string {
    const { groups } = this.shape
    const [from, step] = groups === 1 ? ['0u', '1u'] : ['group', u(groups)]
    return `for (var ${column} = ${from}; ${column} < ${index(count)}; ${column} += ${step}) {\n${body}\n}\n`
  }
}
