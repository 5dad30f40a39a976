import { eachProduct } from './products.ts'
import type { ProjectionTask } from './schedule.ts'
import type { Read, Sink, Site } from './site.ts'

/** An affine map of every row, or the input projection of an LSTM or of attention. */
export function linear(site: Site, o: { tasks: readonly ProjectionTask[]; x: Read; sink: Sink }): string {
  const { tile } = site
  const [first] = o.tasks
  const map = site.affine(o.tasks, first.order)
  const scaled = (y: string) => (first.factor === 1 ? y : `${y} * ${first.factor}`)
  const product = eachProduct(
    tile,
    { columns: first.out.sequence.quads, products: [{ name: 'y', map, x: o.x }] },
    tile.ownRows.map(r => o.sink(r, 'j', scaled(`y${r}`))).join('\n'),
  )
  return `${product}${tile.barrier}`
}
