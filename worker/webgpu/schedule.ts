import { EngineError } from '../../sdk/errors.ts'
import type {
  AttentionOperation,
  Dense,
  GateAddNormOperation,
  GatedResidualOperation,
  LinearOperation,
  LstmOperation,
  Matrix,
  MlpOperation,
  Operation,
  Plan,
  QuantileHeadOperation,
  SelectionOperation,
  Span,
} from '../plan/plan.ts'

/** Vectors of four: every width is padded to whole ones. */
export const quadsOf = (width: number): number => Math.ceil(width / 4)

/**
 * `step`: one row per time step of the inputs, which windows that slide share. `window`: one row per step of each window.
 */
export type Stage = 'step' | 'window'

/** A sequence over the window axis that dispatches hand on through GPU memory, or tasks of one dispatch to each other. */
export interface Sequence {
  readonly name: string
  readonly quads: number
  stage: Stage
}

export interface SequenceSpan {
  readonly sequence: Sequence
  readonly from: number
  readonly to: number
}

/** An affine map whose columns are laid out anew: target column → source column, −1 for padding. */
export interface ColumnOrder {
  readonly key: string
  readonly columns: Int32Array
}

export interface ProjectionTask {
  readonly kind: 'projection'
  readonly name: string
  readonly in: SequenceSpan
  readonly out: SequenceSpan
  readonly matrix: Matrix
  readonly bias: Float64Array | null
  readonly order?: ColumnOrder
  /** The results are multiplied by it. */
  readonly factor: number
}

/** The part of an operation that depends on other rows than its own only in `attention`, and there reads stored ones. */
export type RowTask =
  | {
      readonly kind: 'selection'
      readonly name: string
      readonly operation: SelectionOperation
      readonly out: SequenceSpan
    }
  | ProjectionTask
  | {
      readonly kind: 'gatedResidual'
      readonly name: string
      readonly operation: GatedResidualOperation
      readonly in: SequenceSpan
      readonly out: SequenceSpan
    }
  | {
      readonly kind: 'gateAddNorm'
      readonly name: string
      readonly operation: GateAddNormOperation
      readonly in: SequenceSpan
      readonly skip: SequenceSpan
      readonly out: SequenceSpan
    }
  | {
      readonly kind: 'attention'
      readonly name: string
      readonly operation: AttentionOperation
      readonly query: SequenceSpan
      readonly key: SequenceSpan
      readonly value: SequenceSpan
      readonly out: SequenceSpan
    }
  | {
      readonly kind: 'quantileHead'
      readonly name: string
      readonly operation: QuantileHeadOperation
      readonly in: SequenceSpan
    }

/** One layer of an LSTM, its input projected already: gates in `in`, a quad per unit. */
export interface RecurrenceTask {
  readonly name: string
  readonly operation: LstmOperation
  readonly in: SequenceSpan
  readonly out: SequenceSpan
}

export type Dispatch =
  | { readonly kind: 'rows'; readonly stage: Stage; readonly level: number; readonly tasks: RowTask[] }
  | { readonly kind: 'lstm'; readonly stage: 'window'; readonly level: number; readonly chain: RecurrenceTask[] }
  | { readonly kind: 'mlp'; readonly stage: 'window'; readonly level: number; readonly operation: MlpOperation }

export interface Schedule {
  readonly plan: Plan
  /** In the order they run; each may read what earlier ones stored. */
  readonly dispatches: readonly Dispatch[]
  /** Of one row of each stage's storage, in quads. */
  readonly recordQuads: Readonly<Record<Stage, number>>
  /** Where a stored sequence lies within a row, in quads; sequences that only their own dispatch reads have no place. */
  readonly places: ReadonlyMap<Sequence, number>
}

/**
 * Groups a plan's operations into as few dispatches as their dependencies allow. Everything pointwise in time fuses with
 * its neighbours; a new dispatch begins only where steps mix: at an LSTM, and where attention reads keys and values.
 * @throws EngineError `UNSUPPORTED_NETWORK`
 */
export function schedulePlan(plan: Plan): Schedule {
  const scheduler = new Scheduler(plan)
  for (const operation of plan.operations) scheduler.add(operation)
  return scheduler.finish()
}

class Scheduler {
  readonly #plan: Plan
  readonly #buffers: readonly Sequence[]
  readonly #dispatches: Dispatch[] = []
  /** The dispatches that write a sequence. */
  readonly #writers = new Map<Sequence, Set<Dispatch>>()
  readonly #stored = new Set<Sequence>()
  /** The steps of a sequence that are ever written. */
  readonly #written = new Map<Sequence, { from: number; to: number }>()

  constructor(plan: Plan) {
    this.#plan = plan
    const inWindows = buffersOfWindows(plan)
    this.#buffers = plan.buffers.map(({ name, width }, i) => ({
      name,
      quads: quadsOf(width),
      stage: inWindows.has(i) ? 'window' : 'step',
    }))
  }

  add(operation: Operation): void {
    switch (operation.kind) {
      case 'selection':
        this.#addRows({ kind: 'selection', name: operation.name, operation, out: this.#span(operation.out) })
        return
      case 'gatedResidual':
      case 'linear':
      case 'gateAddNorm':
        this.#addPointwise(operation)
        return
      case 'quantileHead':
        this.#addRows({ kind: 'quantileHead', name: operation.name, operation, in: this.#span(operation.in) })
        return
      case 'lstm':
        this.#addLstm(operation)
        return
      case 'attention':
        this.#addAttention(operation)
        return
      case 'mlp':
        this.#dispatches.push({ kind: 'mlp', stage: 'window', level: 0, operation })
    }
  }

  finish(): Schedule {
    const order = { step: 0, window: 1 }
    const dispatches = this.#dispatches.sort((a, b) => a.level - b.level || order[a.stage] - order[b.stage])
    return { plan: this.#plan, dispatches, ...placeSequences([...this.#stored], this.#written) }
  }

  #span({ buffer, from, to }: Span): SequenceSpan {
    return { sequence: this.#buffers[buffer], from, to }
  }

  #addPointwise(operation: GatedResidualOperation | LinearOperation | GateAddNormOperation): void {
    const { name } = operation
    const [input, out] = [this.#span(operation.in), this.#span(operation.out)]
    if (operation.kind === 'gatedResidual') this.#addRows({ kind: 'gatedResidual', name, operation, in: input, out })
    else if (operation.kind === 'gateAddNorm') {
      this.#addRows({ kind: 'gateAddNorm', name, operation, in: input, skip: this.#span(operation.skip), out })
    } else this.#addRows(projection(name, operation.dense, input, out))
  }

  #addLstm(operation: LstmOperation): void {
    const { name, width: D, input } = operation
    const source = this.#span(operation.in)
    const gates: SequenceSpan = {
      ...source,
      sequence: { name: `${name}.gates`, quads: D, stage: this.#stageOf(source) },
    }
    this.#addRows({ ...projection(`${name}.input`, input, source, gates), order: unitOrder(D) })

    const task: RecurrenceTask = { name, operation, in: gates, out: this.#span(operation.out) }
    const level = this.#levelAfter([gates])
    const { initial } = operation
    if (initial.kind === 'symbol') {
      const dispatch: Dispatch = { kind: 'lstm', stage: 'window', level, chain: [task] }
      this.#dispatches.push(dispatch)
      this.#note(dispatch, [gates], task.out)
      return
    }
    const before = this.#dispatches.find(d => d.kind === 'lstm' && d.chain.at(-1)!.operation === initial.from)
    if (before?.kind !== 'lstm' || level > before.level || initial.from.width !== D) {
      throw new EngineError(
        'UNSUPPORTED_NETWORK',
        `The WebGPU engine cannot run LSTM '${name}': it continues the state of '${initial.from.name}', but its input needs that LSTM's output or its width differs (${D} and ${initial.from.width}). The engine 'tfjs' runs it.`,
        { block: name },
      )
    }
    before.chain.push(task)
    this.#note(before, [gates], task.out)
  }

  #addAttention(operation: AttentionOperation): void {
    const { name, heads } = operation
    const source = this.#span(operation.in)
    const out = this.#span(operation.out)
    const depth = operation.value.columns
    const quads = heads * quadsOf(depth)
    const stage = this.#stageOf(source)
    const order = headOrder(heads, depth)
    const project = (part: string, matrix: Matrix, o: { in: SequenceSpan; quads: number }) => {
      const target = { ...o.in, sequence: { name: `${name}.${part}`, quads: o.quads, stage } }
      return projection(target.sequence.name, { matrix, bias: null }, o.in, target)
    }
    const key = { ...project('key', operation.key, { in: source, quads }), order }
    const value = project('value', operation.value, { in: source, quads: quadsOf(depth) })
    const asking = { ...source, from: out.from, to: out.to }
    const query = { ...project('query', operation.query, { in: asking, quads }), order, factor: 1 / Math.sqrt(depth) }
    for (const task of [key, value, query]) this.#addRows(task)
    this.#addRows({ kind: 'attention', name, operation, query: query.out, key: key.out, value: value.out, out })
  }

  #addRows(task: RowTask): void {
    const reads = readsOf(task)
    const stage = 'out' in task ? task.out.sequence.stage : 'window'
    // attention reads other rows than its own, so what it reads must be stored before
    const level = task.kind === 'attention' ? this.#levelAfter(reads) : this.#levelWith(reads, stage)
    let dispatch = this.#dispatches.find(d => d.kind === 'rows' && d.stage === stage && d.level === level)
    if (dispatch?.kind !== 'rows') {
      dispatch = { kind: 'rows', stage, level, tasks: [] }
      this.#dispatches.push(dispatch)
    }
    dispatch.tasks.push(task)
    this.#note(dispatch, reads, 'out' in task ? task.out : null)
  }

  #note(dispatch: Dispatch, reads: readonly SequenceSpan[], out: SequenceSpan | null): void {
    for (const { sequence } of reads) {
      if ([...(this.#writers.get(sequence) ?? [])].some(writer => writer !== dispatch)) this.#stored.add(sequence)
    }
    if (!out) return
    const steps = this.#written.get(out.sequence) ?? out
    const [from, to] = [Math.min(steps.from, out.from), Math.max(steps.to, out.to)]
    this.#written.set(out.sequence, { from, to })
    const writers = this.#writers.get(out.sequence)
    if (writers) writers.add(dispatch)
    else this.#writers.set(out.sequence, new Set([dispatch]))
    // what an LSTM hands on is read by other dispatches alone
    if (dispatch.kind === 'lstm') this.#stored.add(out.sequence)
  }

  #levelAfter(reads: readonly SequenceSpan[]): number {
    return Math.max(0, ...this.#writersOf(reads).map(d => d.level + 1))
  }

  /** The level at which a row task may run: that of its inputs, where these come from rows of the same stage. */
  #levelWith(reads: readonly SequenceSpan[], stage: Stage): number {
    const fuses = (d: Dispatch) => d.kind === 'rows' && d.stage === stage
    return Math.max(0, ...this.#writersOf(reads).map(d => (fuses(d) ? d.level : d.level + 1)))
  }

  #writersOf(reads: readonly SequenceSpan[]): Dispatch[] {
    return reads.flatMap(({ sequence }) => [...(this.#writers.get(sequence) ?? [])])
  }

  #stageOf(span: SequenceSpan): Stage {
    return span.sequence.stage === 'step' && coversParts(span, this.#plan) ? 'step' : 'window'
  }
}

/** Places within a row's record, by stage; sequences that have no step in common (an encoder's, a decoder's) share theirs. */
function placeSequences(
  stored: readonly Sequence[],
  written: ReadonlyMap<Sequence, { from: number; to: number }>,
): Pick<Schedule, 'recordQuads' | 'places'> {
  const recordQuads = { step: 0, window: 0 }
  const places = new Map<Sequence, number>()
  for (const sequence of stored) {
    const { from, to } = written.get(sequence)!
    const neighbours = [...places]
      .filter(([other]) => {
        const steps = written.get(other)!
        return other.stage === sequence.stage && steps.from < to && from < steps.to
      })
      .map(([other, place]) => ({ start: place, end: place + other.quads }))
      .sort((a, b) => a.start - b.start)
    let place = 0
    for (const { start, end } of neighbours) {
      if (place + sequence.quads <= start) break
      place = Math.max(place, end)
    }
    places.set(sequence, place)
    recordQuads[sequence.stage] = Math.max(recordQuads[sequence.stage], place + sequence.quads)
  }
  return { recordQuads, places }
}

/** An LSTM's columns unit by unit, so that a unit's four gates are one quad. */
export const unitOrder = (D: number): ColumnOrder => ({
  key: 'units',
  columns: Int32Array.from({ length: 4 * D }, (_, i) => (i % 4) * D + Math.floor(i / 4)),
})

/** Columns head by head, each padded to whole quads. */
function headOrder(heads: number, depth: number): ColumnOrder {
  const columns = new Int32Array(4 * heads * quadsOf(depth)).fill(-1)
  for (let c = 0; c < heads * depth; c++) {
    columns[Math.floor(c / depth) * 4 * quadsOf(depth) + (c % depth)] = c
  }
  return { key: `heads of ${depth}`, columns }
}

const projection = (
  name: string,
  { matrix, bias }: { matrix: Matrix; bias: Dense['bias'] | null },
  input: SequenceSpan,
  out: SequenceSpan,
): ProjectionTask => ({ kind: 'projection', name, in: input, out, matrix, bias, factor: 1 })

/** What a task reads of sequences. */
export function readsOf(task: RowTask): SequenceSpan[] {
  switch (task.kind) {
    case 'selection':
      return []
    case 'gateAddNorm':
      return [task.in, task.skip]
    case 'attention':
      return [task.query, task.key, task.value]
    default:
      return [task.in]
  }
}

/** Whether a span is the whole past, all decoder steps, or both: only such rows mean the same in every window. */
function coversParts({ from, to }: { from: number; to: number }, { shape }: Plan): boolean {
  const cuts = [0, shape.lookback, shape.lookback + shape.horizons]
  return cuts.includes(from) && cuts.includes(to)
}

/** The plan's buffers that hold rows per window: all that an operation of stage `window` writes, and what follows. */
function buffersOfWindows(plan: Plan): Set<number> {
  const inWindows = new Set<number>()
  for (let before = -1; before !== inWindows.size; ) {
    before = inWindows.size
    for (const operation of plan.operations) {
      if (!('out' in operation)) continue
      const inputs =
        'in' in operation
          ? [operation.in, ...('skip' in operation && operation.kind === 'gateAddNorm' ? [operation.skip] : [])]
          : []
      const isStep =
        operation.stage === 'step' &&
        coversParts(operation.out, plan) &&
        inputs.every(span => !inWindows.has(span.buffer))
      if (!isStep) inWindows.add(operation.out.buffer)
    }
  }
  return inWindows
}
