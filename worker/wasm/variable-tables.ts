import type { Kernels } from './kernels.ts'
import type { LinearMemory } from './linear-memory.ts'
import { padTo } from './pack.ts'
import { ENTRY_BYTES, tableBytes, VariableTabulator, writeEntry } from './variable-table.ts'

/** Of all tables of an engine; the reference student’s 24 take 6.8 MB. */
const LIMIT_BYTES = 16 * 2 ** 20

/** A selection's variables as `selectVariables` reads them. */
export interface PackedVariables {
  readonly name: string
  /** D. */
  readonly width: number
  /** Address of each one's weights. */
  readonly packed: readonly number[]
}

/** Tabulates what variables' networks can be read off tables, within one engine's memory limit. */
export class VariableTables {
  private readonly kernels: Kernels
  private readonly memory: LinearMemory
  private bytesLeft = LIMIT_BYTES
  private variables = 0
  private tabulated = 0

  constructor(kernels: Kernels, memory: LinearMemory) {
    this.kernels = kernels
    this.memory = memory
  }

  /**
   * Places a selection's tables in memory; returns the address of its entries for `selectTabulated`, or null where no
   * variable has a table.
   * @throws EngineError `OUT_OF_MEMORY`
   */
  place({ name, width, packed }: PackedVariables): number | null {
    const { memory, kernels } = this
    const tables = memory.temporarily(() => {
      const tabulator = new VariableTabulator(kernels, memory, width)
      return packed.map(at => {
        const table = tabulator.tabulate(at, this.bytesLeft)
        if (table) this.bytesLeft -= tableBytes(table.cells, width)
        return table
      })
    })
    const found = tables.filter(table => table !== null).length
    this.variables += tables.length
    this.tabulated += found
    if (found === 0) return null
    const entries = memory.allocate((tables.length * ENTRY_BYTES) / 4, name)
    const zeros = memory.allocate(4 * padTo(4, width), name)
    tables.forEach((table, v) => {
      const at = table ? memory.place(table.knots, name) : zeros
      writeEntry(memory, entries + v * ENTRY_BYTES, at, table)
    })
    return entries
  }

  /** For `EngineInfo.uses`. */
  get uses(): readonly string[] {
    const { variables, tabulated } = this
    if (tabulated === 0) return []
    return [tabulated === variables ? 'tabulated-variables' : `tabulated ${tabulated} of ${variables} variables`]
  }
}
