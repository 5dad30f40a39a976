import type { LinearMemory } from './linear-memory.ts'

/** One region that all kernels use in turn, as large as the most demanding of them needs. */
export class Scratch {
  /** Its address, once `settle` has run. */
  at = 0
  private floats = 0

  /** Rows of a tile: eight lanes each. */
  reserveRows(rows: number): void {
    this.floats = Math.max(this.floats, rows * 8)
  }

  settle(memory: LinearMemory): void {
    this.at = memory.allocate(this.floats, 'scratch')
  }
}
