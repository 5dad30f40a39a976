import type { Kernel } from './kernel.ts'
import { monotoneFunction } from './monotone-quantiles.ts'
import { eachProduct } from './products.ts'
import { knownRowFunction, run } from './run-header.ts'
import type { Dispatch, Schedule } from './schedule.ts'
import { Site } from './site.ts'
import { type Slot, Tile, type TileShape } from './tile.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'
import { plus, prelude, quadsOf, range } from './wgsl.ts'

export interface MlpKernelOptions {
  readonly schedule: Schedule
  readonly dispatch: Extract<Dispatch, { kind: 'mlp' }>
  readonly pack: WeightPacker
  readonly decode: Int8Decode
  readonly shape: TileShape
}

/** A whole network without steps: flatten, SiLU layers and the monotone head; a row is a window. */
export function mlpKernel({ schedule, dispatch, pack, decode, shape }: MlpKernelOptions): Kernel {
  const { operation } = dispatch
  const { horizons: H, quantiles: Q } = operation
  const tile = new Tile(shape)
  const site = new Site({ tile, pack, name: 'mlp', regions: [0] })
  const flat = tile.take(quadsOf(operation.inputWidth))
  const load = tile.eachRow(r => {
    const input = (c: number) => `flatInput(window[${r}], ${plus('4u * j', c)})`
    return tile.eachColumn(flat.quads, `${flat.at(r, 'j')} = vec4f(${range(4).map(input).join(', ')});`)
  })
  let x = flat
  const layers = operation.layers.map(layer => {
    const out = tile.take(quadsOf(layer.matrix.columns))
    const code = eachProduct(
      tile,
      { columns: out.quads, products: [{ name: 'y', map: site.affine([layer]), x: x.at }] },
      tile.ownRows.map(r => `${out.at(r, 'j')} = y${r} * sigmoid(y${r});`).join('\n'),
    )
    if (x !== flat) tile.give(x)
    x = out
    return code
  })
  const columns = tile.take(quadsOf(H * (Q + 1)))
  const skips = tile.take(quadsOf(H))
  const product = (slot: Slot, matrix: typeof operation.matrix, from: Slot) =>
    eachProduct(
      tile,
      { columns: slot.quads, products: [{ name: 'y', map: site.affine([{ matrix, bias: null }]), x: from.at }] },
      tile.ownRows.map(r => `${slot.at(r, 'j')} = y${r};`).join('\n'),
    )
  const ends = tile.eachRow(
    r => `if (live[${r}]) {
${tile.eachColumn(
  H,
  `var columns: array<f32, ${Q + 1}>;
for (var c = 0u; c < ${Q + 1}u; c++) { let i = h * ${Q + 1}u + c; columns[c] = ${columns.at(r, 'i / 4u')}[i % 4u]; }
columns[0] += ${skips.at(r, 'h / 4u')}[h % 4u];
writeMonotone(&columns, h, (window[${r}] * ${H}u + h) * ${Q}u);`,
  'h',
)}}`,
  )
  const body = [load, ...layers, product(columns, operation.matrix, x), product(skips, operation.skip, flat), ends]
  const rows = tile.eachRow(
    r => `let row = workgroup.x * ${tile.rows}u + lane + ${r} * ${shape.lanes}u;
live[${r}] = row < ${run('windows')};
window[${r}] = min(row, ${run('windows')} - 1u);`,
  )
  return {
    name: operation.name,
    workgroupBytes: shape.groups === 1 ? 0 : tile.bytes,
    invocations: tile.invocations,
    rows: tile.rows,
    workgroups: ({ windows }) => Math.ceil(windows / tile.rows),
    code: `${prelude(decode)}${knownRowFunction(schedule.plan.shape)}${tile.declaration}${flatInputFunction(schedule, operation.inputs)}${monotoneFunction(site, operation.head, Q)}
@compute @workgroup_size(${tile.invocations})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
let lane = local % ${shape.lanes}u;
let group = local / ${shape.lanes}u;
var live: array<bool, ${shape.rowsPerLane}>;
var window: array<u32, ${shape.rowsPerLane}>;
${rows}${site.picks}${body.join(tile.barrier)}}
`,
  }
}

/** The i-th of a window's inputs, all its steps joined input by input; 0 for padding. */
function flatInputFunction({ plan: { shape } }: Schedule, inputs: readonly ('observed' | 'known')[]): string {
  let from = 0
  const branches = inputs.map(tensor => {
    const width = shape[tensor]
    const steps = tensor === 'observed' ? shape.lookback : shape.lookback + shape.horizons
    const first = from
    from += steps * width
    const row =
      tensor === 'observed'
        ? `(${run('firstWindow')} + window) * ${run('observedStride')} + at / ${width}u`
        : `knownRow(window, at / ${width}u)`
    const start = run(tensor === 'observed' ? 'observedAt' : 'knownAt')
    return `if (i < ${from}u) { let at = i - ${first}u; return bitcast<f32>(inputs[${start} + (${row}) * ${width}u + at % ${width}u]); }`
  })
  return `
fn flatInput(window: u32, i: u32) -> f32 {
${branches.join('\n')}
return 0.0;
}
`
}
