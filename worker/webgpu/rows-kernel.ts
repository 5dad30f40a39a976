import type { NetworkShape } from '../../models/blocks.ts'
import type { GateAddNormOperation, GatedResidualOperation, SelectionOperation } from '../plan/plan.ts'
import { attention } from './attention.ts'
import { gateAddNorm } from './gate-add-norm.ts'
import { gatedResidual } from './gated-residual.ts'
import type { Kernel } from './kernel.ts'
import { linear } from './linear.ts'
import { quantileHead } from './quantile-head.ts'
import { run, stepRowFunction } from './run-header.ts'
import {
  type Dispatch,
  type ProjectionTask,
  type RowTask,
  readsOf,
  type Schedule,
  type Sequence,
  type SequenceSpan,
} from './schedule.ts'
import { Site } from './site.ts'
import { type Row, type Slot, Tile, type TileShape } from './tile.ts'
import { variableSelection } from './variable-selection.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'
import { index, plus, prelude } from './wgsl.ts'

type RowsDispatch = Extract<Dispatch, { kind: 'rows' }>

export interface RowsKernelOptions {
  readonly schedule: Schedule
  readonly dispatch: RowsDispatch
  readonly pack: WeightPacker
  readonly decode: Int8Decode
  readonly shape: TileShape
  /** Also write what `explain` asks for. */
  readonly explain: boolean
}

/** Steps that all tasks of a kernel treat alike. */
interface Region {
  readonly from: number
  readonly to: number
}

/** One task in one region. */
interface Cell {
  readonly task: RowTask
  readonly region: number
  /** Of what it reads: the place in this kernel that wrote it, or null where it is stored. */
  readonly sources: readonly (Placed | null)[]
}

/** Cells of the same form, at most one a region: one piece of code. */
interface Placed {
  readonly key: string
  readonly cells: Cell[]
  slot: Slot | null
  /** Cells, of any region, that read its slot and whose code does not stand yet. */
  readers: number
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
${rowsCode(o, tile, regions)}${body.join('')}}
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

/** The window axis cut wherever a task begins or ends. Rows of the step stage are the past's or the decoder's. */
function regionsOf(dispatch: RowsDispatch, { lookback, horizons }: NetworkShape): Region[] {
  const spans = dispatch.tasks.map(writtenSpan)
  const cuts = new Set(spans.flatMap(({ from, to }) => [from, to]))
  const covered = (step: number) => spans.some(({ from, to }) => from <= step && step < to)
  if (dispatch.stage === 'step') cuts.add(lookback)
  const sorted = [...cuts].filter(cut => cut <= lookback + horizons).sort((a, b) => a - b)
  return sorted
    .slice(0, -1)
    .map((from, i) => ({ from, to: sorted[i + 1] }))
    .filter(({ from }) => covered(from))
}

const writtenSpan = (task: RowTask): SequenceSpan => ('out' in task ? task.out : task.in)

const covers = (span: { from: number; to: number }, region: Region): boolean =>
  span.from <= region.from && region.to <= span.to

/** Merges tasks of the same form in different regions: such pairs (past and future, encoder and decoder) share their code. */
function placeTasks(schedule: Schedule, dispatch: RowsDispatch, regions: readonly Region[]): Placed[] {
  const places: Placed[] = []
  const writers = regions.map(() => new Map<Sequence, Placed>())
  for (const task of dispatch.tasks) {
    regions.forEach((region, r) => {
      if (!covers(writtenSpan(task), region)) return
      const sources = readsOf(task).map(({ sequence }) => writers[r].get(sequence) ?? null)
      const after = Math.max(-1, ...sources.map(source => (source ? places.indexOf(source) : -1)))
      const key = [
        formOf(task),
        ...sources.map(source => (source ? `s${places.indexOf(source)}` : 'stored')),
        isStored(schedule, task),
      ].join(' | ')
      let place = places.find((p, i) => i > after && p.key === key && p.cells.every(cell => cell.region !== r))
      if (!place) {
        place = { key, cells: [], slot: null, readers: 0 }
        places.push(place)
      }
      place.cells.push({ task, region: r, sources })
      for (const source of sources) if (source) source.readers++
      if ('out' in task) writers[r].set(task.out.sequence, place)
    })
  }
  return places
}

const isStored = (schedule: Schedule, task: RowTask): boolean => 'out' in task && schedule.places.has(task.out.sequence)

/** Everything about a task that its code is made of, numbers to pick apart. */
function formOf(task: RowTask): string {
  const unit = ({ gate, before }: GateAddNormOperation['unit']) => [
    gate.matrix.rows,
    gate.matrix.int8 !== undefined,
    before?.matrix.columns,
    before?.matrix.int8 !== undefined,
  ]
  switch (task.kind) {
    case 'selection': {
      const { variables, width, logits } = task.operation
      return JSON.stringify([
        task.kind,
        width,
        unit(variables[0].unit),
        logits.first.columns,
        unit(logits.unit).slice(1),
      ])
    }
    case 'projection': {
      const { matrix, bias, order, factor } = task
      const { rows, columns, int8 } = matrix
      return JSON.stringify([task.kind, rows, columns, int8 !== undefined, bias !== null, order?.key, factor])
    }
    case 'gatedResidual': {
      const { first, skip, unit: end } = task.operation
      const width = end.gain.length
      return JSON.stringify([
        task.kind,
        first.rows,
        first.int8 !== undefined,
        width,
        unit(end),
        skip?.matrix.int8 !== undefined,
      ])
    }
    case 'gateAddNorm':
      return JSON.stringify([task.kind, task.operation.unit.gain.length, unit(task.operation.unit)])
    case 'attention':
    case 'quantileHead':
      return task.name
  }
}

/** Which rows this invocation works on, and where their inputs, symbols and records lie. */
function rowsCode({ schedule, dispatch }: RowsKernelOptions, tile: Tile, regions: readonly Region[]): string {
  const { shape } = schedule.plan
  const isStep = dispatch.stage === 'step'
  const isPast = (region: Region) => region.from < shape.lookback
  const size = (region: Region) => {
    if (!isStep) return `${region.to - region.from}u`
    return run(isPast(region) ? 'pastRows' : 'futureRows')
  }
  const turns = regions.slice(1).map(
    (region, i) => `if (region == ${i}u) {
let tiles = (count * size + ${tile.rows - 1}u) / ${tile.rows}u;
if (tileIndex >= tiles) { tileIndex -= tiles; region = ${i + 1}u; begin = ${region.from}u; size = ${size(region)}; }
}`,
  )
  const names = ['row', 'window', 'step', 'symbol', 'stepAt', ...(isStep ? ['observedAt', 'knownAt'] : ['windowAt'])]
  const { rowsPerLane, lanes } = tile.shape
  const declared = [
    `var live: array<bool, ${rowsPerLane}>;`,
    ...names.map(name => `var ${name}: array<u32, ${rowsPerLane}>;`),
  ]
  const rows = tile.eachRow(r => {
    const first = `tileIndex * ${tile.rows}u + lane`
    const place = `live[${r}] = ${first} + ${r} * ${lanes}u < count * size;
row[${r}] = min(${first} + ${r} * ${lanes}u, count * size - 1u);
window[${r}] = row[${r}] / size;
symbol[${r}] = inputs[${run('symbolsAt')} + window[${r}] * ${run('symbolStride')}];`
    if (!isStep) {
      return `${place}
step[${r}] = begin + row[${r}] % size;
windowAt[${r}] = (window[${r}] * ${shape.lookback + shape.horizons}u + step[${r}]) * ${schedule.recordQuads.window}u;
stepAt[${r}] = stepRow(window[${r}], step[${r}]) * ${schedule.recordQuads.step}u;`
    }
    return `${place}
step[${r}] = row[${r}] % size;
observedAt[${r}] = ${run('observedAt')} + (window[${r}] * ${run('observedStride')} + step[${r}]) * ${shape.observed}u;
knownAt[${r}] = ${run('knownAt')} + (window[${r}] * ${run('knownStride')} + knownStart + step[${r}]) * ${shape.known}u;
stepAt[${r}] = (window[${r}] * ${run('stepStride')} + storeStart + step[${r}]) * ${schedule.recordQuads.step}u;`
  })
  const starts = isStep
    ? `let isPast = begin < ${shape.lookback}u;
let knownStart = select(${run('knownFuture')}, 0u, isPast);
let storeStart = select(${run('futureStart')}, ${run('pastStart')}, isPast);
`
    : ''
  return `let lane = local % ${tile.shape.lanes}u;
let group = local / ${tile.shape.lanes}u;
let count = ${run(isStep ? 'stepWindows' : 'windows')};
var tileIndex = workgroup.x;
var region = 0u;
var begin = ${regions[0].from}u;
var size = ${size(regions[0])};
${turns.join('\n')}
${starts}${declared.join('\n')}
${rows}`
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
      const weightsAt = (r: Row) => {
        const fields = tasks.map(t =>
          t.name === past?.name ? 'pastWeightsAt' : t.name === future?.name ? 'futureWeightsAt' : null,
        )
        if (fields.some(field => field === null)) return null
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
        weightsAt: explain ? r => weightsAt(r)! : null,
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
          explain,
        }),
      )
    }
    case 'quantileHead':
      return quantileHead(site, { operation: task.operation, x: read(0) })
  }
}

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
