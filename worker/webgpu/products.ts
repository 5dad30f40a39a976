import type { Row, Tile } from './tile.ts'
import { index, range } from './wgsl.ts'

/** A packed affine map, as a shader sees it; indices are literals or expressions. */
export interface AffineCode {
  readonly int8: boolean
  readonly base: string
  readonly scales: string
  readonly innerQuads: number | string
  /** The bias's quad j for row r, or null. */
  readonly bias: ((r: Row) => string) | null
}

export interface Product {
  /** Its result in row r is called `name` and r. */
  readonly name: string
  readonly map: AffineCode
  /** Output quads to skip: the gate columns follow the value columns. */
  readonly skip?: number | string
  /** The input's quad `k` of this invocation's row `r`. */
  readonly x: (r: Row, k: number | string) => string
}

/**
 * A loop over quads of columns `j`; in `body` the results of all products stand ready, one quad each per row.
 * @param o.split whether the tile's groups divide the columns; else every invocation computes all of them
 */
export function eachProduct(
  tile: Tile,
  o: { products: readonly Product[]; columns: number | string; split?: boolean },
  body: string,
): string {
  const { products, columns, split = true } = o
  const loop = `${products.map(product => sum(product, tile.ownRows)).join('\n')}\n${body}`
  return split ? tile.eachColumn(columns, loop) : `for (var j = 0u; j < ${index(columns)}; j++) {\n${loop}\n}\n`
}

/** The sums of a product over its inputs. A loop, not unrolled: that compiles in half the time and runs as fast. */
function sum({ name, map, skip, x }: Product, rows: readonly number[]): string {
  const column = skip === undefined ? 'j' : `(j + ${index(skip)})`
  const inner = index(map.innerQuads)
  const columns = range(4)
  const weights = map.int8
    ? `let words = matrices[${name}At + k]; ${columns.map(c => `let w${c} = decode(words[${c}u]);`).join(' ')}`
    : `let at = ${name}At + 4u * k; ${columns.map(c => `let w${c} = vectors[at + ${c}u];`).join(' ')}`
  const adds = rows.map(
    r => `{ let x = ${x(r, 'k')}; ${name}${r} += vec4f(${columns.map(c => `dot(w${c}, x)`).join(', ')}); }`,
  )
  const finish = rows.map(r => {
    const scaled = map.int8 ? `${name}${r} * ${name}Scale` : `${name}${r}`
    return `${name}${r} = ${scaled}${map.bias ? ` + vectors[${map.bias(r)} + ${column}]` : ''};`
  })
  return `let ${name}At = ${map.base} + ${column} * ${inner}${map.int8 ? '' : ' * 4u'};
${rows.map(r => `var ${name}${r} = vec4f();`).join(' ')}
for (var k = 0u; k < ${inner}; k++) {
${weights}
${adds.join('\n')}
}
${map.int8 ? `let ${name}Scale = vectors[${map.scales} + ${column}];\n` : ''}${finish.join(' ')}`
}
