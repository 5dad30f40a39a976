import type {
  AttentionOperation,
  GateAddNormOperation,
  GatedResidualOperation,
  LstmOperation,
  Matrix,
  MlpOperation,
  Plan,
  QuantileHeadOperation,
  SelectionOperation,
} from '../plan/plan.ts'
import type { ColumnOrder } from './column-order.ts'

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
