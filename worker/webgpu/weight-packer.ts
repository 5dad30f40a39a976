import type { Matrix, SymbolVectors } from '../plan/plan.ts'
import { type ColumnOrder, inOrder } from './column-order.ts'
import { quadsOf } from './wgsl.ts'

/**
 * How four int8 of a word become floats in a shader. `mask` shifts each to a word's top byte (a factor of 2²⁴, taken out of
 * the scales); `unpack` is WGSL's `unpack4xI8`.
 */
export type Int8Decode = 'mask' | 'unpack'

/**
 * A matrix in GPU memory: tiles of 4 × 4, row of tiles by row of tiles along the outputs: tile (j, k) at `base + j · innerQuads + k`
 * holds the inputs 4k … 4k + 3 of the outputs 4j … 4j + 3, output by output.
 */
export interface PackedMatrix {
  /** int8 tiles are one `vec4u` in `matrices`; float32 tiles are four `vec4f` in `vectors`. */
  readonly int8: boolean
  /** In tiles; for float32 in quads of `vectors`. */
  readonly base: number
  /** One scale per output, a quad index of `vectors`; int8 only, else −1. */
  readonly scales: number
  readonly innerQuads: number
  readonly outerQuads: number
}

/** Lays out weights for the shaders: int8 tiles, and everything else as float32 quads. */
export class WeightPacker {
  readonly #decode: Int8Decode
  readonly #tiles: number[] = []
  readonly #floats: number[] = []
  readonly #packed = new Map<object, Map<string, unknown>>()

  constructor(decode: Int8Decode) {
    this.#decode = decode
  }

  /** Words of the int8 tiles; at least one tile, since a buffer cannot be empty. */
  matrices(): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#tiles.length > 0 ? this.#tiles : [0, 0, 0, 0])
  }

  vectors(): Float32Array<ArrayBuffer> {
    return Float32Array.from(this.#floats)
  }

  /** The next tile of `matrices`. */
  get nextTile(): number {
    return this.#tiles.length / 4
  }

  /** The next quad of `vectors`. */
  get nextQuad(): number {
    return this.#floats.length / 4
  }

  /** Packs what belongs to `owner` the first time; kernels are generated more than once. */
  once<T>(owner: object, part: string, pack: () => T): T {
    const parts = this.#packed.get(owner) ?? new Map<string, unknown>()
    this.#packed.set(owner, parts)
    if (!parts.has(part)) parts.set(part, pack())
    return parts.get(part) as T
  }

  /** A vector padded to whole quads; returns its quad index. */
  vector(values: ArrayLike<number>, padding = 0): number {
    const base = this.nextQuad
    for (let i = 0; i < 4 * quadsOf(values.length); i++) this.#floats.push(i < values.length ? values[i] : padding)
    return base
  }

  /** Rows of a table, each padded to whole quads. */
  rows(table: ArrayLike<number>, width: number): number {
    const base = this.nextQuad
    for (let at = 0; at < table.length; at += width) this.vector(Array.from({ length: width }, (_, i) => table[at + i]))
    return base
  }

  /** A vector for every symbol, and how many quads lie between them (0 where all are the same). */
  symbolVectors({ width, data }: SymbolVectors): { base: number; stride: number } {
    return { base: this.rows(data, width), stride: data.length === width ? 0 : quadsOf(width) }
  }

  matrix(matrix: Matrix, order?: ColumnOrder): PackedMatrix {
    const shape = { innerQuads: quadsOf(matrix.rows), outerQuads: columnsOf(matrix, order).length / 4 }
    if (!matrix.int8) return { int8: false, base: this.floatTiles(matrix, order), scales: -1, ...shape }
    return { int8: true, base: this.int8Tiles(matrix, order), scales: this.scales(matrix, order), ...shape }
  }

  /** Tiles of float32; returns their first quad in `vectors`. */
  floatTiles({ rows, columns, data }: Matrix, order?: ColumnOrder): number {
    const base = this.nextQuad
    eachTileColumn({ rows, columns }, order, (row, column) => {
      for (let i = row; i < row + 4; i++) this.#floats.push(i < rows && column >= 0 ? data[i * columns + column] : 0)
    })
    return base
  }

  /** Tiles of int8; returns the first. */
  int8Tiles({ rows, columns, int8 }: Matrix, order?: ColumnOrder): number {
    const base = this.nextTile
    eachTileColumn({ rows, columns }, order, (row, column) => {
      let word = 0
      for (let i = 0; i < 4; i++) {
        const value = row + i < rows && column >= 0 ? int8!.values[(row + i) * columns + column] : 0
        word |= (value & 0xff) << (8 * i)
      }
      this.#tiles.push(word >>> 0)
    })
    return base
  }

  /** A scale per column; returns the first's quad. */
  scales(matrix: Matrix, order?: ColumnOrder): number {
    const unit = this.#decode === 'mask' ? 2 ** -24 : 1
    return this.vector(Array.from(columnsOf(matrix, order), c => (c < 0 ? 0 : matrix.int8!.scales[c] * unit)))
  }
}

const columnsOf = ({ columns }: { columns: number }, order: ColumnOrder | undefined): Int32Array =>
  order?.columns ?? inOrder(0, columns)

/** Visits the columns of each tile in the order of memory: first row, and source column or −1. */
function eachTileColumn(
  { rows, columns }: { rows: number; columns: number },
  order: ColumnOrder | undefined,
  visit: (row: number, column: number) => void,
): void {
  const ordered = columnsOf({ columns }, order)
  for (let j = 0; j < ordered.length; j += 4) {
    for (let row = 0; row < rows; row += 4) {
      for (let c = 0; c < 4; c++) visit(row, ordered[j + c])
    }
  }
}
