import type { NetworkShape } from '../../models/blocks.ts'
import type { GateAddNormOperation } from '../plan/plan.ts'
import { type Dispatch, type RowTask, readsOf, type Schedule, type Sequence, type SequenceSpan } from './schedule.ts'
import type { Slot } from './tile.ts'

export type RowsDispatch = Extract<Dispatch, { kind: 'rows' }>

/** Steps that all tasks of a kernel treat alike. */
export interface Region {
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
export interface Placed {
  readonly key: string
  readonly cells: Cell[]
  slot: Slot | null
  /** Cells, of any region, that read its slot and whose code does not stand yet. */
  readers: number
}

/** The window axis cut wherever a task begins or ends. Rows of the step stage are the past's or the decoder's. */
export function regionsOf(dispatch: RowsDispatch, { lookback, horizons }: NetworkShape): Region[] {
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
export function placeTasks(schedule: Schedule, dispatch: RowsDispatch, regions: readonly Region[]): Placed[] {
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

export const isStored = (schedule: Schedule, task: RowTask): boolean =>
  'out' in task && schedule.places.has(task.out.sequence)

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
