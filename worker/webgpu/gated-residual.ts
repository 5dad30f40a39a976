import type { GatedResidualOperation } from '../plan/plan.ts'
import { gatedUnit } from './gated-unit.ts'
import { eachProduct } from './products.ts'
import type { Read, Sink, Site } from './site.ts'
import { quadsOf } from './wgsl.ts'

/** `LN(skip + GLU(ELU(x · first + bias) …))`. */
export function gatedResidual(
  site: Site,
  o: { operations: readonly GatedResidualOperation[]; x: Read; sink: Sink },
): string {
  const { tile } = site
  const { operations, x, sink } = o
  const hidden = tile.take(quadsOf(operations[0].first.columns))
  const first = site.affineBySymbol(operations.map(op => ({ matrix: op.first, bias: op.firstBias })))
  const firstLayer = eachProduct(
    tile,
    { columns: hidden.quads, products: [{ name: 'h', map: first, x }] },
    tile.ownRows.map(r => `${hidden.at(r, 'j')} = elu(h${r});`).join('\n'),
  )

  const projections = operations.map(op => op.skip).filter(skip => skip !== undefined)
  const projected = projections.length > 0 ? tile.take(quadsOf(projections[0].matrix.columns)) : null
  // each group reads only the columns that it wrote itself, so no barrier is needed for the skip
  const projection = projected
    ? eachProduct(
        tile,
        { columns: projected.quads, products: [{ name: 's', map: site.affine(projections), x }] },
        tile.ownRows.map(r => `${projected.at(r, 'j')} = s${r};`).join('\n'),
      )
    : ''
  const units = operations.map(op => op.unit)
  const end = gatedUnit(site, { units, x: hidden.at, skip: projected?.at ?? x, sink })
  tile.give(hidden)
  if (projected) tile.give(projected)
  return `${firstLayer}${projection}${tile.barrier}${end}`
}
