import type { AttentionOperation, Dense, LstmOperation, ScalarInput, Span, SymbolVectors } from './plan.ts'

/** A scalar input with its embedding `x · embedding + offset`, which is folded into whatever reads it. */
export interface EmbeddedScalar extends ScalarInput {
  readonly embedding: Float64Array
  readonly offset: Float64Array
}

/** What a block's value is to a plan. */
export type PlannedValue =
  | { readonly kind: 'input'; readonly tensor: 'observed' | 'known' | 'symbols' }
  | { readonly kind: 'symbol'; readonly vectors: SymbolVectors }
  | {
      readonly kind: 'scalars'
      readonly scalars: readonly EmbeddedScalar[]
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'sequence'; readonly span: Span; readonly stage: 'step' | 'window' }
  | { readonly kind: 'state'; readonly of: LstmOperation; readonly part: 'hidden' | 'cell' }
  /** Attention whose output projection its only reader will take over. */
  | { readonly kind: 'attended'; readonly operation: AttentionOperation; readonly projection: Dense }
  | { readonly kind: 'flat'; readonly inputs: readonly ('observed' | 'known')[] }
  | { readonly kind: 'body'; readonly input: string; readonly layers: readonly Dense[] }

export type ValueOf<K extends PlannedValue['kind']> = Extract<PlannedValue, { kind: K }>
