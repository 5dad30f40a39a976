import type { Tile } from './tile.ts'
import { index, range } from './wgsl.ts'

/** Matrices up to so many input quads read their inputs once, into registers. */
const MOST_REGISTER_QUADS = 16

/** A packed affine map, as a shader sees it; indices are literals or expressions. */
export interface AffineCode {
  readonly int8: boolean
  readonly base: string
  readonly scales: string
  readonly innerQuads: number | string
  /** The bias's quad j for row r, or null. */
  readonly bias: ((r: number) => string) | null
}

export interface Product {
  /** Names its results: `name(r)`. */
  readonly name: string
  readonly map: AffineCode
  /** Output quads to skip: the gate columns follow the value columns. */
  readonly skip?: number | string
  /** The input's quad `k` of this invocation's row `r`. */
  readonly x: (r: number, k: number | string) => string
}

/** The finished result of a product in row `r`, at the current column quad `j`. */
export const resultOf = (product: string, r: number): string => `${product}${r}`

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
  const rows = tile.ownRows
  const registers = products.map(p => typeof p.map.innerQuads === 'number' && p.map.innerQuads <= MOST_REGISTER_QUADS)
  const loads = products.map((p, i) => {
    const shared = products.findIndex(other => other.x === p.x)
    if (!registers[i] || shared < i) return ''
    return rows
      .map(r =>
        range(p.map.innerQuads as number)
          .map(k => `let x${i}_${r}_${k} = ${p.x(r, k)};`)
          .join(' '),
      )
      .join('\n')
  })
  const sums = products.map((p, i) => {
    const shared = products.findIndex(other => other.x === p.x)
    const x = (r: number, k: number | string) => (registers[i] ? `x${shared}_${r}_${k}` : p.x(r, k))
    return sum(p, rows, x, registers[i])
  })
  const loop = `${sums.join('\n')}\n${body}`
  const all = split ? tile.eachColumn(columns, loop) : `for (var j = 0u; j < ${index(columns)}; j++) {\n${loop}\n}\n`
  return `{\n${loads.filter(l => l !== '').join('\n')}\n${all}}\n`
}

function sum(
  { name, map, skip }: Product,
  rows: readonly number[],
  x: (r: number, k: number | string) => string,
  unrolled: boolean,
): string {
  const column = skip === undefined ? 'j' : `(j + ${index(skip)})`
  const inner = index(map.innerQuads)
  const at = `${name}At`
  const tileProduct = (k: number | string) => {
    const weights = map.int8
      ? `let q = matrices[${at} + ${index(k)}]; let w0 = decode(q.x); let w1 = decode(q.y); let w2 = decode(q.z); let w3 = decode(q.w);`
      : `let t = ${at} + ${index(k)} * 4u; let w0 = vectors[t]; let w1 = vectors[t + 1u]; let w2 = vectors[t + 2u]; let w3 = vectors[t + 3u];`
    const adds = rows.map(
      r => `{ let x = ${x(r, k)}; ${name}${r} += vec4f(dot(w0, x), dot(w1, x), dot(w2, x), dot(w3, x)); }`,
    )
    return `{ ${weights} ${adds.join(' ')} }`
  }
  const scale = map.int8 ? `let ${name}Scale = vectors[${map.scales} + ${column}];` : ''
  return [
    `let ${at} = ${map.int8 ? `${map.base} + ${column} * ${inner}` : `${map.base} + ${column} * ${inner} * 4u`};`,
    ...rows.map(r => `var ${name}${r} = vec4f();`),
    unrolled
      ? range(map.innerQuads as number)
          .map(tileProduct)
          .join('\n')
      : `for (var k = 0u; k < ${inner}; k++) ${tileProduct('k')}`,
    scale,
    ...rows.map(r => {
      const scaled = map.int8 ? `${name}${r} * ${name}Scale` : `${name}${r}`
      return `${name}${r} = ${scaled}${map.bias ? ` + vectors[${map.bias(r)} + ${column}]` : ''};`
    }),
  ].join('\n')
}
