import { LAYER_NORM_EPSILON } from '../plan/gated-unit.ts'
import type { GatedUnit } from '../plan/plan.ts'
import { gateOrder } from './column-order.ts'
import { eachProduct } from './products.ts'
import type { Read, Sink, Site } from './site.ts'
import type { Row } from './tile.ts'
import { quadsOf } from './wgsl.ts'

/** `LN(skip + GLU(x · before))`, the end of every gated block, columns divided among the tile's groups. */
export function gatedUnit(
  site: Site,
  o: { units: readonly GatedUnit[]; x: Read; skip: (r: Row, j: string) => string; sink: Sink },
): string {
  const { tile } = site
  const { units, skip, sink } = o
  const width = units[0].gain.length
  const quads = quadsOf(width)
  const { x, code: before, release } = beforeGate(site, units, o.x)
  const z = tile.take(quads)
  const gate = site.affine(
    units.map(unit => unit.gate),
    gateOrder(width),
  )
  const gated = eachProduct(
    tile,
    {
      columns: quads,
      products: [
        { name: 'value', map: gate, x },
        { name: 'gate', map: gate, skip: quads, x },
      ],
    },
    tile.ownRows.map(r => `${z.at(r, 'j')} = ${skip(r, 'j')} + value${r} * sigmoid(gate${r});`).join('\n'),
  )
  const normalised = layerNorm(site, {
    width,
    z: z.at,
    gain: site.vector(units.map(unit => unit.gain)),
    offset: site.vector(units.map(unit => unit.offset)),
    sink,
  })
  tile.give(z)
  release()
  return `${before}${gated}${tile.barrier}${normalised}${tile.barrier}`
}

/** The map before the gate, where the plan keeps it apart. */
export function beforeGate(
  site: Site,
  units: readonly GatedUnit[],
  x: Read,
): { x: Read; code: string; release: () => void } {
  const maps = units.map(unit => unit.before).filter(map => map !== undefined)
  if (maps.length === 0) return { x, code: '', release: () => {} }
  const { tile } = site
  const columns = quadsOf(maps[0].matrix.columns)
  const y = tile.take(columns)
  const product = { name: 'y', map: site.affine(maps), x }
  const code = eachProduct(
    tile,
    { columns, products: [product] },
    tile.ownRows.map(r => `${y.at(r, 'j')} = y${r};`).join('\n'),
  )
  return { x: y.at, code: `${code}${tile.barrier}`, release: () => tile.give(y) }
}

/** Layer norm of own rows, each group finishing its own columns. Variance in two passes; padding counts for nothing. */
function layerNorm({ tile }: Site, o: { width: number; z: Read; gain: string; offset: string; sink: Sink }): string {
  const quads = quadsOf(o.width)
  return tile.eachRow(r => {
    const z = o.z(r, 'j')
    const finish = tile.eachColumn(
      quads,
      o.sink(r, 'j', `(${z} - mean) * scale * vectors[${o.gain} + j] + vectors[${o.offset} + j]`),
    )
    return `${rowMoments(o.width, z)}\n${finish}`
  })
}

/** `mean` and `scale` (1 / deviation) of the quads `z(j)`. */
export function rowMoments(width: number, z: string): string {
  const quads = quadsOf(width)
  const deviation = `let d = ${width % 4 === 0 ? `${z} - mean` : withoutPadding(`${z} - mean`, `${width}u`)}; squares += d * d;`
  return `var total = vec4f();
for (var j = 0u; j < ${quads}u; j++) { total += ${z}; }
let mean = dot(total, vec4f(${1 / width}));
var squares = vec4f();
for (var j = 0u; j < ${quads}u; j++) { ${deviation} }
let scale = inverseSqrt(dot(squares, vec4f(${1 / width})) + ${LAYER_NORM_EPSILON});`
}

/** The quad `j` of a vector, nothing beyond its width. */
export const withoutPadding = (value: string, width: string): string =>
  `select(vec4f(), ${value}, vec4u(0u, 1u, 2u, 3u) + 4u * j < vec4u(${width}))`
