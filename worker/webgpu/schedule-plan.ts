import { EngineError } from '../../sdk/errors.ts'
import type {
  AttentionOperation,
  Dense,
  GateAddNormOperation,
  GatedResidualOperation,
  LinearOperation,
  LstmOperation,
  Matrix,
  Operation,
  Plan,
  Span,
} from '../plan/plan.ts'
import { headOrder, unitOrder } from './column-order.ts'
import { placeSequences } from './place-sequences.ts'
import {
  type Dispatch,
  type ProjectionTask,
  type RecurrenceTask,
  type RowTask,
  readsOf,
  type Schedule,
  type Sequence,
  type SequenceSpan,
  type Stage,
} from './schedule.ts'
import { quadsOf } from './wgsl.ts'

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

const projection = (
  name: string,
  { matrix, bias }: { matrix: Matrix; bias: Dense['bias'] | null },
  input: SequenceSpan,
  out: SequenceSpan,
): ProjectionTask => ({ kind: 'projection', name, in: input, out, matrix, bias, factor: 1 })

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
