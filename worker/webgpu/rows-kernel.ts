import { EngineError } from '../../sdk/errors.ts'
import type { GateAddNormOperation, GatedResidualOperation, SelectionOperation } from '../plan/plan.ts'
import { attention } from './attention.ts'
import { gateAddNorm } from './gate-add-norm.ts'
import { gatedResidual } from './gated-residual.ts'
import type { Kernel } from './kernel.ts'
import { linear } from './linear.ts'
import { rowsCode } from './own-rows.ts'
import { isStored, type Placed, placeTasks, type RowsDispatch, regionsOf } from './place-tasks.ts'
import { quantileHead } from './quantile-head.ts'
import { run, stepRowFunction } from './run-header.ts'
import {
  type ProjectionTask,
  type RowTask,
  readsOf,
  type Schedule,
  type Sequence,
  type SequenceSpan,
} from './schedule.ts'
import { Site } from './site.ts'
import { type Row, Tile, type TileShape } from './tile.ts'
import { variableSelection } from './variable-selection.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'
import { index, plus, prelude } from './wgsl.ts'

export interface RowsKernelOptions {
  readonly schedule: Schedule
  readonly dispatch: RowsDispatch
  readonly pack: WeightPacker
  readonly decode: Int8Decode
  readonly shape: TileShape
  /** Also write what `explain` asks for. */
  readonly explain: boolean
}

/** The kernel of everything pointwise in time that runs at once. */
export function rowsKernel(o: RowsKernelOptions): Kernel {
  const { schedule, dispatch, decode, pack } = o
  const { shape } = schedule.plan
  const regions = regionsOf(dispatch, shape)
  const places = placeTasks(schedule, dispatch, regions)
  const tile = new Tile(o.shape)
  const functions: string[] = []
  const body = places.map((place, i) => {
    const site = new Site({ tile, pack, name: `site${i}`, regions: place.cells.map(cell => cell.region) })
    const { code, functions: called } = placeCode(o, site, place)
    functions.push(called)
    for (const cell of place.cells) {
      for (const source of cell.sources) {
        if (source && --source.readers === 0) tile.give(source.slot!)
      }
    }
    const everywhere = place.cells.length === regions.length
    const condition = place.cells.map(cell => `region == ${cell.region}u`).join(' || ')
    const names = [...new Set(place.cells.map(cell => cell.task.name))].join(', ')
    return `// ${names}\n${everywhere ? '' : `if (${condition}) `}{\n${site.picks}${code}}\n`
  })
  const code = `${prelude(decode)}${stepRowFunction(shape)}${tile.declaration}${functions.join('')}
@compute @workgroup_size(${tile.invocations})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
${rowsCode(schedule, dispatch.stage, tile, regions)}${body.join('')}}
`
  const name = dispatch.tasks.map(task => task.name).join(' + ')
  const rowsOf = regions.map(({ from, to }) => to - from)
  const isPast = regions.map(({ from }) => from < shape.lookback)
  return {
    name,
    code,
    workgroupBytes: o.shape.groups === 1 ? 0 : tile.bytes,
    invocations: tile.invocations,
    rows: tile.rows,
    workgroups: r =>
      regions.reduce((sum, _, i) => {
        const rows =
          dispatch.stage === 'step' ? r.stepWindows * (isPast[i] ? r.pastRows : r.futureRows) : r.windows * rowsOf[i]
        return sum + Math.ceil(rows / tile.rows)
      }, 0),
  }
}

function placeCode(o: RowsKernelOptions, site: Site, place: Placed): { code: string; functions: string } {
  const { schedule, dispatch, explain } = o
  const [{ task }] = place.cells
  const tasks = place.cells.map(cell => cell.task)
  const read = (i: number) => {
    const source = place.cells[0].sources[i]
    if (source) return source.slot!.at
    return stored(
      schedule,
      site,
      tasks.map(t => readsOf(t)[i].sequence),
    )
  }
  const sink = (r: Row, j: string, value: string): string => {
    if (place.readers > 0) place.slot ??= site.tile.take(written(task).quads)
    const toSlot = place.slot ? `${place.slot.at(r, j)} = y;` : ''
    const toStorage = isStored(schedule, task)
      ? `if (live[${r}]) { ${stored(schedule, site, tasks.map(written), dispatch.stage)(r, j)} = y; }`
      : ''
    return `{ let y = ${value}; ${toSlot} ${toStorage} }`
  }
  const operationsOf = <T>() => tasks.map(t => (t as unknown as { operation: T }).operation)
  switch (task.kind) {
    case 'selection': {
      const { past, future } = schedule.plan.explained
      const fields = tasks.map(t =>
        t.name === past?.name ? 'pastWeightsAt' : t.name === future?.name ? 'futureWeightsAt' : null,
      )
      const isExplained = explain && fields.some(field => field !== null)
      if (isExplained && fields.includes(null)) throw explainedInPart(tasks.map(t => t.name))
      const weightsAt = (r: Row) => {
        const variables = site.pick(operationsOf<SelectionOperation>().map(op => op.inputs.length))
        const starts = fields.map(field => run(field as 'pastWeightsAt'))
        const start =
          starts.length === 1 ? starts[0] : `select(${starts[1]}, ${starts[0]}, region == ${place.cells[0].region}u)`
        return `${start} + row[${r}] * ${variables}`
      }
      return variableSelection(site, {
        operations: operationsOf<SelectionOperation>(),
        shape: schedule.plan.shape,
        sink,
        weightsAt: isExplained ? r => weightsAt(r) : null,
      })
    }
    case 'projection':
      return plain(linear(site, { tasks: tasks as ProjectionTask[], x: read(0), sink }))
    case 'gatedResidual':
      return plain(gatedResidual(site, { operations: operationsOf<GatedResidualOperation>(), x: read(0), sink }))
    case 'gateAddNorm':
      return plain(
        gateAddNorm(site, { operations: operationsOf<GateAddNormOperation>(), x: read(0), skip: read(1), sink }),
      )
    case 'attention': {
      const { operation, key, value } = task
      const other = (sequence: Sequence) => storedElsewhere(schedule, sequence)
      const { shape } = schedule.plan
      return plain(
        attention(site, {
          operation,
          shape,
          query: read(0),
          key: other(key.sequence),
          value: other(value.sequence),
          sink,
          explain: explain && operation.name === schedule.plan.explained.attention?.name,
        }),
      )
    }
    case 'quantileHead':
      return quantileHead(site, { operation: task.operation, x: read(0) })
  }
}

const explainedInPart = (names: readonly string[]): EngineError =>
  new EngineError(
    'UNSUPPORTED_NETWORK',
    `The engine 'webgpu' computes ${names.map(name => `'${name}'`).join(' and ')} at once, and the network's outputs name the weights of one alone, so it cannot explain them. Use the engine 'wasm'.`,
    { engine: 'webgpu', blocks: [...names] },
  )

const plain = (code: string) => ({ code, functions: '' })

const written = (task: RowTask): Sequence => (task as { out: SequenceSpan }).out.sequence

/** A sequence's quads in this row's own records. */
function stored(schedule: Schedule, site: Site, sequences: readonly Sequence[], stage = sequences[0].stage) {
  const place = site.pick(sequences.map(sequence => schedule.places.get(sequence)!))
  const [array, at] = stage === 'step' ? ['steps', 'stepAt'] : ['windows', 'windowAt']
  return (r: Row, j: number | string) => `${array}[${plus(`${at}[${r}]`, place, `${index(j)}`)}]`
}

/** A sequence's quads at another step of the row's window. */
function storedElsewhere(schedule: Schedule, sequence: Sequence) {
  const { lookback, horizons } = schedule.plan.shape
  const place = schedule.places.get(sequence)!
  return (r: Row, step: string, j: string) =>
    sequence.stage === 'step'
      ? `steps[${plus(`stepRow(window[${r}], ${step}) * ${schedule.recordQuads.step}u`, place, j)}]`
      : `windows[${plus(`(window[${r}] * ${lookback + horizons}u + ${step}) * ${schedule.recordQuads.window}u`, place, j)}]`
}
