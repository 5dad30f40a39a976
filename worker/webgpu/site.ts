import type { Matrix, SymbolVectors } from '../plan/plan.ts'
import type { ColumnOrder } from './column-order.ts'
import type { AffineCode } from './products.ts'
import type { Row, Tile } from './tile.ts'
import type { PackedMatrix, WeightPacker } from './weight-packer.ts'

/** Reads the quad `j` of row `r`. */
export type Read = (r: Row, j: number | string) => string

/** Statements that hand on the quad `j` of row `r`. */
export type Sink = (r: Row, j: string, value: string) => string

/**
 * A place in a kernel where an operation stands, perhaps for several operations of the same form: each region of the window
 * axis has its own weights there, picked by numbers.
 */
export class Site {
  readonly tile: Tile
  readonly pack: WeightPacker
  /** Unique in the kernel. */
  readonly name: string
  readonly #regions: readonly number[]
  readonly #picks: string[] = []
  readonly #picked = new Map<string, string>()

  /** @param regions those of the kernel that come here, in the order in which numbers to pick from are given */
  constructor(o: { tile: Tile; pack: WeightPacker; name: string; regions: readonly number[] }) {
    this.tile = o.tile
    this.pack = o.pack
    this.name = o.name
    this.#regions = o.regions
  }

  /** The number of the region at hand. */
  pick(values: readonly number[]): string {
    if (values.every(v => v === values[0])) return `${values[0]}u`
    const known = this.#picked.get(values.join())
    if (known) return known
    const name = `${this.name}_${this.#picks.length}`
    this.#picked.set(values.join(), name)
    const cases = values
      .slice(1)
      .map((v, i) => `if (region == ${this.#regions[i + 1]}u) { ${name} = ${v}u; }`)
      .join(' ')
    this.#picks.push(`var ${name} = ${values[0]}u; ${cases}`)
    return name
  }

  /** Which region the i-th number to pick belongs to; null where only one comes here. */
  regionOf(i: number): number | null {
    return this.#regions.length === 1 ? null : this.#regions[i]
  }

  /** Declares what was picked; stands before the site's code. */
  get picks(): string {
    return this.#picks.map(line => `${line}\n`).join('')
  }

  /** An affine map, packed. */
  affine(maps: readonly { matrix: Matrix; bias: Float64Array | null }[], order?: ColumnOrder): AffineCode {
    const packed = maps.map(({ matrix }) =>
      this.pack.once(matrix, order?.key ?? 'matrix', () => this.pack.matrix(matrix, order)),
    )
    const biases = maps.map(({ matrix, bias }) => {
      if (!bias) return null
      const ordered = order ? Array.from(order.columns, c => (c < 0 ? 0 : bias[c])) : bias
      return this.pack.once(matrix, `${order?.key ?? 'matrix'} bias`, () => this.pack.vector(ordered))
    })
    return this.packedAffine(packed, biases)
  }

  /** The same of what is packed already. */
  packedAffine(packed: readonly PackedMatrix[], biases: readonly (number | null)[]): AffineCode {
    const bias = biases.every(b => b !== null) ? this.pick(biases) : null
    return { ...this.#code(packed), bias: bias === null ? null : () => bias }
  }

  /** A linear map whose bias depends on the row's symbol. */
  affineBySymbol(maps: readonly { matrix: Matrix; bias: SymbolVectors }[]): AffineCode {
    const packed = maps.map(({ matrix }) => this.pack.once(matrix, 'matrix', () => this.pack.matrix(matrix)))
    const biases = maps.map(({ bias }) => this.pack.once(bias, 'symbols', () => this.pack.symbolVectors(bias)))
    const [base, stride] = [this.pick(biases.map(b => b.base)), this.pick(biases.map(b => b.stride))]
    return {
      ...this.#code(packed),
      bias: r => (stride === '0u' ? base : `${base} + symbol[${r}] * ${stride}`),
    }
  }

  vector(vectors: readonly Float64Array[], padding = 0): string {
    return this.pick(vectors.map(v => this.pack.once(v, `vector ${padding}`, () => this.pack.vector(v, padding))))
  }

  #code(packed: readonly PackedMatrix[]): Omit<AffineCode, 'bias'> {
    const inner = packed.map(p => p.innerQuads)
    return {
      int8: packed[0].int8,
      base: this.pick(packed.map(p => p.base)),
      scales: packed[0].int8 ? this.pick(packed.map(p => p.scales)) : '',
      innerQuads: inner.every(n => n === inner[0]) ? inner[0] : this.pick(inner),
    }
  }
}
