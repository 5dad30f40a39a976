import type { SelectedVariable, SelectionOperation } from '../plan/plan.ts'
import { gateOrder } from './column-order.ts'
import type { WeightPacker } from './weight-packer.ts'
import { quadsOf } from './wgsl.ts'

export type VariableField =
  | 'slope'
  | 'intercept'
  | 'embedding'
  | 'embeddingOffset'
  | 'gain'
  | 'offset'
  | `${'before' | 'gate'}${'Bias' | 'Scales' | 'Tiles'}`

/** The weights of a selection's variables: a record of vectors each, and int8 tiles each, one after another. */
export interface VariableRecords {
  /** Of all variables; else float32 tiles stand in the records. */
  readonly int8: boolean
  /** Whether a map stands before the gate. */
  readonly hasBefore: boolean
  /** The first record, and the size of one, in quads of `vectors`. */
  readonly vectors: number
  readonly recordQuads: number
  /** The first tile, and the tiles of one variable: those before the gate, then the gate's. */
  readonly tiles: number
  readonly recordTiles: number
  /** Where a field begins within a record, in quads. */
  readonly field: (name: VariableField) => number
}

export function packVariables(pack: WeightPacker, { variables, width }: SelectionOperation): VariableRecords {
  const maps = ({ unit }: SelectedVariable) => (unit.before ? [unit.before, unit.gate] : [unit.gate])
  const int8 = variables.every(variable => maps(variable).every(({ matrix }) => matrix.int8 !== undefined))
  const hasBefore = variables[0].unit.before !== undefined
  const [vectors, tiles] = [pack.nextQuad, pack.nextTile]
  const starts = new Map<VariableField, number>()
  const order = gateOrder(width)

  variables.forEach((variable, v) => {
    const start = pack.nextQuad
    const field = (name: VariableField, packField: () => void) => {
      if (v === 0) starts.set(name, pack.nextQuad - start)
      packField()
    }
    for (const name of ['slope', 'intercept', 'embedding', 'embeddingOffset'] as const) {
      field(name, () => pack.vector(variable[name]))
    }
    const { before, gate, gain, offset } = variable.unit
    field('gain', () => pack.vector(gain))
    field('offset', () => pack.vector(offset))
    if (before) field('beforeBias', () => pack.vector(before.bias))
    field('gateBias', () => pack.vector(Array.from(order.columns, c => (c < 0 ? 0 : gate.bias[c]))))
    if (int8) {
      if (before) {
        field('beforeScales', () => pack.scales(before.matrix))
        pack.int8Tiles(before.matrix)
      }
      field('gateScales', () => pack.scales(gate.matrix, order))
      pack.int8Tiles(gate.matrix, order)
    } else {
      if (before) field('beforeTiles', () => pack.floatTiles(before.matrix))
      field('gateTiles', () => pack.floatTiles(gate.matrix, order))
    }
  })
  const quads = quadsOf(width)
  return {
    int8,
    hasBefore,
    vectors,
    recordQuads: (pack.nextQuad - vectors) / variables.length,
    tiles,
    recordTiles: (hasBefore ? 3 : 2) * quads * quads,
    field: name => starts.get(name)!,
  }
}
