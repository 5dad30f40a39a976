import type { Kernels } from './kernels.ts'
import type { LinearMemory } from './linear-memory.ts'
import { padTo } from './pack.ts'

/** Tables cover ±6: scaled features are clipped to ±5 unless a bundle says otherwise. */
const REACH = 6
const FIRST_KNOTS_PER_UNIT = 16
/** Of one table: a variable that needs more, such as one that all but jumps, would take the place of several others. */
const LIMIT_BYTES = 2 ** 20
/**
 * Of a value halfway between knots from the exact one; outputs are of order 1, since a layer norm ends the network. A
 * selection mixes its variables with weights that sum to 1, so its features are as near, and quantiles within 1e-4.
 *
 * Halfway is where a cubic through four knots is worst on smooth stretches; where ELU bends between knots, the worst point
 * exceeds what the halfway points around it show by half at most.
 */
const TOLERANCE = 2e-5
/** Points computed at once. */
const CHUNK = 256

/** A function of one scalar to D features at equally spaced knots. */
export interface VariableTable {
  readonly knotsPerUnit: number
  /** Between −REACH and REACH; there is one more knot beyond each. */
  readonly cells: number
  /** `[cells + 3, D]`, D rounded up to fours. */
  readonly knots: Float32Array
}

export const tableBytes = (cells: number, width: number): number => (cells + 3) * padTo(4, width) * 4

/** What a table's entry in memory holds; see kernels/forward/tabulated-selection.ts. */
export const ENTRY_BYTES = 16

/** @param table null: an entry that leaves every element to the network itself; `at` then holds one cell of zeros */
export function writeEntry(memory: LinearMemory, entry: number, at: number, table: VariableTable | null): void {
  memory.setIntegers(entry, [at])
  memory.floats.set(table ? [table.knotsPerUnit, REACH] : [0, -1], entry / 4 + 1)
  memory.setIntegers(entry + 12, [table?.cells ?? 1])
}

/** Tabulates single variables by the engine's own kernels, in memory that it is lent. */
export class VariableTabulator {
  private readonly kernels: Kernels
  private readonly memory: LinearMemory
  private readonly width: number
  private readonly x: number
  private readonly weights: number
  private readonly scratch: number
  private readonly features: number
  private readonly rows: number
  private readonly entry: number
  private readonly knots: number

  constructor(kernels: Kernels, memory: LinearMemory, width: number) {
    const what = 'tables'
    const wide = padTo(4, width)
    this.kernels = kernels
    this.memory = memory
    this.width = width
    this.x = memory.allocate(CHUNK, what)
    this.weights = memory.place(new Float32Array(CHUNK).fill(1), what)
    this.scratch = memory.allocate((5 + 3 * wide) * 8, what)
    this.features = memory.allocate(wide * CHUNK, what)
    this.rows = memory.allocate(wide * CHUNK, what)
    this.entry = memory.allocate(ENTRY_BYTES / 4, what)
    this.knots = memory.allocate(LIMIT_BYTES / 4, what)
  }

  /**
   * The coarsest table that is right halfway between all knots; null where none of at most `limitBytes` is.
   * @param packed the variable's weights in memory
   */
  tabulate(packed: number, limitBytes: number): VariableTable | null {
    const limit = Math.min(limitBytes, LIMIT_BYTES)
    const exact = (points: Float32Array) => this.compute(packed, points)
    let knotsPerUnit = FIRST_KNOTS_PER_UNIT
    let cells = 2 * REACH * knotsPerUnit
    let knots = exact(points(-REACH - 1 / knotsPerUnit, 1 / knotsPerUnit, cells + 3))
    while (tableBytes(cells, this.width) <= limit) {
      const table = { knotsPerUnit, cells, knots }
      const between = points(-REACH - 0.5 / knotsPerUnit, 1 / knotsPerUnit, cells + 2)
      const values = exact(between)
      if (this.isRight(table, between, values)) return table
      knots = interleave(values, knots, padTo(4, this.width))
      knotsPerUnit *= 2
      cells *= 2
    }
    return null
  }

  /** Whether a table gives these values at those points that lie within its reach: all but the first and the last. */
  private isRight(table: VariableTable, at: Float32Array, values: Float32Array): boolean {
    const wide = padTo(4, this.width)
    this.memory.floats.set(table.knots, this.knots / 4)
    writeEntry(this.memory, this.entry, this.knots, table)
    const read = this.read(at.subarray(1, -1))
    for (let i = 0; i < read.length; i++) {
      // false for a NaN too
      if (!(Math.abs(read[i] - values[i + wide]) <= TOLERANCE)) return false
    }
    return true
  }

  /** `[points, D]`, D rounded up to fours. */
  private compute(packed: number, points: Float32Array): Float32Array {
    const { kernels, x, weights, scratch, features, width } = this
    return this.inChunks(points, steps =>
      kernels.selectVariables(x, CHUNK * 4, steps, 1, width, packed, weights, 0, scratch, features, CHUNK * 4),
    )
  }

  private read(points: Float32Array): Float32Array {
    const { kernels, x, weights, scratch, features, width, entry } = this
    return this.inChunks(points, steps =>
      kernels.selectTabulated(x, CHUNK * 4, steps, 1, width, entry, 0, weights, 0, scratch, features, CHUNK * 4),
    )
  }

  private inChunks(points: Float32Array, run: (steps: number) => void): Float32Array {
    const { memory, kernels, x, features, rows } = this
    const wide = padTo(4, this.width)
    const values = new Float32Array(points.length * wide)
    for (let from = 0; from < points.length; from += CHUNK) {
      const chunk = points.subarray(from, from + CHUNK)
      memory.floats.set(chunk, x / 4)
      run(chunk.length)
      kernels.transpose(features, CHUNK * 4, wide, CHUNK, rows, wide * 4)
      values.set(memory.floats.subarray(rows / 4, rows / 4 + chunk.length * wide), from * wide)
    }
    return values
  }
}

const points = (first: number, distance: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => first + i * distance)

/** Rows of both in turn, beginning with `outer`'s first; the first and the last of `inner` fall away. */
function interleave(outer: Float32Array, inner: Float32Array, width: number): Float32Array {
  const rows = outer.length / width
  const both = new Float32Array((2 * rows - 1) * width)
  for (let row = 0; row < rows; row++) {
    both.set(outer.subarray(row * width, (row + 1) * width), 2 * row * width)
    if (row > 0) both.set(inner.subarray(row * width, (row + 1) * width), (2 * row - 1) * width)
  }
  return both
}
