import { EngineError } from '../../sdk/errors.ts'
import type { LstmOperation, Operation, Plan } from '../plan/plan.ts'
import { type AttentionPattern, bindAttention } from './bind/attention.ts'
import { bindGateAddNorm } from './bind/gate-add-norm.ts'
import { bindGatedResidual } from './bind/gated-residual.ts'
import { bindLinear } from './bind/linear.ts'
import { type BoundLstm, bindLstm } from './bind/lstm.ts'
import { bindQuantileHead } from './bind/quantile-head.ts'
import { bindSelection, type ScalarField } from './bind/variable-selection.ts'
import type { Binding, Call } from './binding.ts'
import type { Kernels } from './kernels.ts'
import type { LinearMemory } from './linear-memory.ts'
import { Scratch } from './scratch.ts'
import type { VariableTables } from './variable-tables.ts'

/** A plan of sequence operations, its weights packed into memory, ready to run on any frame. */
export interface SequenceProgram {
  readonly binding: Binding
  /** In execution order. */
  readonly calls: readonly Call[]
  readonly scalars: readonly ScalarField[]
  readonly lstms: readonly BoundLstm[]
  /** Where the head writes a window's quantiles `[H][Q]`; set before it runs. */
  readonly output: { at: number }
  /** What `explain` reads; null where the network has no such outputs. */
  readonly explained: Explained | null
}

export interface Explained {
  readonly attention: readonly AttentionPattern[]
  /** Fields of selection weights. */
  readonly past: number
  readonly future: number
}

/**
 * @param tables where variables' networks may be read off tables
 * @throws EngineError `UNSUPPORTED_NETWORK`, `OUT_OF_MEMORY`
 */
export function bindSequenceProgram(
  plan: Plan,
  kernels: Kernels,
  memory: LinearMemory,
  tables: VariableTables | null = null,
): SequenceProgram {
  const fields = plan.buffers.map(({ name, width }) => ({ name, width, layout: 'features' as const }))
  const binding: Binding = { plan, kernels, memory, scratch: new Scratch(), tables, fields }
  const calls: Call[] = []
  const scalars: ScalarField[] = []
  const lstms = new Map<LstmOperation, BoundLstm>()
  const weightFields = new Map<Operation, number>()
  const patterns = new Map<Operation, readonly AttentionPattern[]>()
  const output = { at: 0 }
  for (const operation of plan.operations) {
    switch (operation.kind) {
      case 'selection': {
        const bound = bindSelection(binding, operation)
        calls.push(...bound.calls)
        scalars.push(bound.scalars)
        weightFields.set(operation, bound.weights)
        break
      }
      case 'gatedResidual':
        calls.push(...bindGatedResidual(binding, operation))
        break
      case 'gateAddNorm':
        calls.push(...bindGateAddNorm(binding, operation))
        break
      case 'linear':
        calls.push(...bindLinear(binding, operation))
        break
      case 'lstm': {
        const { initial } = operation
        const bound = bindLstm(binding, operation, initial.kind === 'continued' ? lstms.get(initial.from)! : null)
        calls.push(...bound.calls)
        lstms.set(operation, bound)
        break
      }
      case 'attention': {
        const bound = bindAttention(binding, operation)
        calls.push(...bound.calls)
        patterns.set(operation, bound.patterns)
        break
      }
      case 'quantileHead':
        calls.push(...bindQuantileHead(binding, operation, output))
        break
      case 'mlp':
        throw new EngineError(
          'UNSUPPORTED_NETWORK',
          `The engine 'wasm' cannot run the block '${operation.name}': an MLP is a network of its own, and this one has ` +
            `${plan.operations.length} operations.`,
          { engine: 'wasm', block: operation.name, operations: plan.operations.length },
        )
    }
  }
  binding.scratch.settle(memory)
  const { attention, past, future } = plan.explained
  return {
    binding,
    calls,
    scalars,
    lstms: [...lstms.values()],
    output,
    explained:
      attention && past && future
        ? {
            attention: patterns.get(attention)!,
            past: weightFields.get(past)!,
            future: weightFields.get(future)!,
          }
        : null,
  }
}
