import type { Plan, SymbolVectors } from '../plan/plan.ts'
import type { Field, Frame, PartSpan } from './frame.ts'
import type { Kernels } from './kernels.ts'
import type { LinearMemory } from './linear-memory.ts'
import { packSymbolVectors } from './pack.ts'
import type { Scratch } from './scratch.ts'
import type { VariableTables } from './variable-tables.ts'

/** What operations are bound to: the kernels, the memory that their weights are packed into, and the fields of the plan. */
export interface Binding {
  readonly plan: Plan
  readonly kernels: Kernels
  readonly memory: LinearMemory
  readonly scratch: Scratch
  /** Where variables' networks may be read off tables. */
  readonly tables: VariableTables | null
  /** The plan's buffers first, then what operations add of their own. */
  readonly fields: Field[]
}

/** One operation, or a part of it, on one part of the window axis. */
export interface Call extends PartSpan {
  /** Of the block. */
  readonly name: string
  readonly stage: 'step' | 'window'
  /** Fields that it reads and writes. */
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  /** Computes the steps `first … first + steps − 1` of its part. */
  run(frame: Frame, first: number, steps: number, symbol: number): void
}

export function addField(binding: Binding, field: Field): number {
  return binding.fields.push(field) - 1
}

/** Finds a symbol's vector. */
export type SymbolAddress = (symbol: number) => number

export function placeSymbolVectors(
  { memory }: Binding,
  vectors: SymbolVectors,
  o: { readonly what: string; readonly multiple?: number; readonly scale?: number },
): SymbolAddress {
  const { packed, strideBytes } = packSymbolVectors(vectors, o.multiple ?? 4, o.scale ?? 1)
  const at = memory.place(packed, o.what)
  return symbol => at + symbol * strideBytes
}
