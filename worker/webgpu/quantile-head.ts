import type { QuantileHeadOperation } from '../plan/plan.ts'
import { monotoneFunction } from './monotone-quantiles.ts'
import { eachProduct } from './products.ts'
import type { Read, Site } from './site.ts'
import type { Row } from './tile.ts'
import { quadsOf, range } from './wgsl.ts'

/** Writes the quantiles of a decoder step to `results`, `[B, H, Q]`. */
export function quantileHead(
  site: Site,
  o: { operation: QuantileHeadOperation; x: Read },
): { code: string; functions: string } {
  const { operation, x } = o
  const { head } = operation
  const start = (r: Row) =>
    `(window[${r}] * ${operation.horizons}u + step[${r}] - ${operation.in.from}u) * ${operation.quantiles}u`
  if (head.form === 'linear') return { code: linearHead(site, operation, head.bias, x, start), functions: '' }

  const { tile } = site
  const columns = quadsOf(operation.quantiles + 1)
  const slot = tile.take(columns)
  const product = eachProduct(
    tile,
    { columns, products: [{ name: 'y', map: site.affine([{ matrix: operation.matrix, bias: null }]), x }] },
    tile.ownRows.map(r => `${slot.at(r, 'j')} = y${r};`).join('\n'),
  )
  const rows = tile.eachRow(
    r => `if (group == 0u && live[${r}]) {
var columns: array<f32, ${operation.quantiles + 1}>;
for (var c = 0u; c < ${operation.quantiles + 1}u; c++) { columns[c] = ${slot.at(r, 'c / 4u')}[c % 4u]; }
writeMonotone(&columns, step[${r}] - ${operation.in.from}u, ${start(r)});
}`,
  )
  tile.give(slot)
  return {
    code: `${product}${tile.barrier}${rows}${tile.barrier}`,
    functions: monotoneFunction(site, head, operation.quantiles),
  }
}

function linearHead(
  site: Site,
  operation: QuantileHeadOperation,
  bias: Float64Array,
  x: Read,
  start: (r: Row) => string,
): string {
  const { tile } = site
  const Q = operation.quantiles
  const write = (r: number) =>
    range(4)
      .map(c => `if (4u * j + ${c}u < ${Q}u) { results[${start(r)} + 4u * j + ${c}u] = y${r}[${c}u]; }`)
      .join(' ')
  return eachProduct(
    tile,
    { columns: quadsOf(Q), products: [{ name: 'y', map: site.affine([{ matrix: operation.matrix, bias }]), x }] },
    tile.ownRows.map(r => `if (live[${r}]) { ${write(r)} }`).join('\n'),
  )
}
