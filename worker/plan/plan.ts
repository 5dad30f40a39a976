import type { NetworkShape } from '../../models/blocks.ts'

/**
 * What the fused engines run: a network's blocks with its weights, after the algebra that makes it cheap. Engines know
 * these operations and nothing of blocks; an operation is one kernel on wasm and a part of one on WebGPU.
 *
 * The window axis: past steps are 0 … L − 1, decoder steps L … L + H − 1. Every sequence of a network lies on it, so
 * that slicing and joining sequences in time needs no operation: it names steps of a buffer. Numbers are float64 here;
 * engines round once, when they pack.
 */
export interface Plan {
  readonly shape: NetworkShape
  /** Sequences `[L + H, width]`; an operation fills some of the steps. */
  readonly buffers: readonly PlanBuffer[]
  /** In execution order. */
  readonly operations: readonly Operation[]
  /** What `explain` reads: the operations whose weights they are, where the network has them. */
  readonly explained: {
    readonly attention?: AttentionOperation
    readonly past?: SelectionOperation
    readonly future?: SelectionOperation
  }
}

export interface PlanBuffer {
  /** Of the block that filled it first. */
  readonly name: string
  readonly width: number
}

/** The steps `from … to` (exclusive) of a buffer. */
export interface Span {
  readonly buffer: number
  readonly from: number
  readonly to: number
}

/** Row-major `[rows, columns]`: activations are rows, `y = x · M`. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
  /** Present where the matrix is, unchanged, one that the bundle holds as int8: `data[r, c] = values[r, c] · scales[c]`. */
  readonly int8?: { readonly values: Int8Array; readonly scales: Float32Array }
}

export interface Dense {
  readonly matrix: Matrix
  /** `[columns]` */
  readonly bias: Float64Array
}

/** A vector that depends on the window's symbol alone, for every symbol: `[symbols, width]`, computed when planning. */
export interface SymbolVectors {
  readonly width: number
  readonly data: Float64Array
}

/** `LN(skip + GLU(x · before))`, the end of every gated block. */
export interface GatedUnit {
  /** An affine map before the gate; absent where the plan folded it into the gate. */
  readonly before?: Dense
  /** `[K, 2N]`: N value columns, then N gate columns. `GLU = value · sigmoid(gate)`. */
  readonly gate: Dense
  /** Of the layer norm (ε = 1e-5), `[N]`. */
  readonly gain: Float64Array
  readonly offset: Float64Array
}

export type Operation =
  | SelectionOperation
  | GatedResidualOperation
  | GateAddNormOperation
  | LinearOperation
  | LstmOperation
  | AttentionOperation
  | QuantileHeadOperation
  | MlpOperation

interface OperationBase {
  /** Of the block, for messages. */
  readonly name: string
  /**
   * `step`: the result at a step depends on the inputs of that step (and the symbol) alone, so windows that slide share
   * it. `window`: it depends on where the window begins.
   */
  readonly stage: 'step' | 'window'
}

/** A scalar input at a step s of the window axis: `observed[s, column]` or `known[s, column]`. */
export interface ScalarInput {
  readonly tensor: 'observed' | 'known'
  readonly column: number
}

/**
 * Variable selection on scalars, their embeddings folded in (V variables x, width D, hidden width E = D):
 * weights = softmax(LN(x · logits.skip + GLU(ELU(x · logits.first + symbol's bias) …))),
 * out = Σ_v weights_v · LN(x_v · embedding_v + offset_v + GLU(ELU(x_v · slope_v + intercept_v) …)).
 */
export interface SelectionOperation extends OperationBase {
  readonly kind: 'selection'
  /** V of them. */
  readonly inputs: readonly ScalarInput[]
  readonly out: Span
  readonly width: number
  readonly logits: {
    /** `[V, E]` */
    readonly first: Matrix
    /** Bias of the first layer, the context included, `[symbols, E]`. */
    readonly firstBias: SymbolVectors
    /** `[V, V]` */
    readonly skip: Dense
    /** N = V. */
    readonly unit: GatedUnit
  }
  readonly variables: readonly SelectedVariable[]
}

/** One variable's own gated residual network, a function of one scalar. All `[D]`. */
export interface SelectedVariable {
  /** Of the first layer. */
  readonly slope: Float64Array
  readonly intercept: Float64Array
  /** Of the skip. */
  readonly embedding: Float64Array
  readonly embeddingOffset: Float64Array
  /** K = N = D. */
  readonly unit: GatedUnit
}

/** `LN(skip + GLU(ELU(x · first + bias) …))`. */
export interface GatedResidualOperation extends OperationBase {
  readonly kind: 'gatedResidual'
  readonly in: Span
  readonly out: Span
  readonly first: Matrix
  /** The context included. One row where no context depends on the symbol. */
  readonly firstBias: SymbolVectors
  /** A projection of the input, where the widths differ; else the input itself. */
  readonly skip?: Dense
  readonly unit: GatedUnit
}

/** `LN(skip + GLU(x …))`. */
export interface GateAddNormOperation extends OperationBase {
  readonly kind: 'gateAddNorm'
  readonly in: Span
  readonly skip: Span
  readonly out: Span
  readonly unit: GatedUnit
}

export interface LinearOperation extends OperationBase {
  readonly kind: 'linear'
  readonly in: Span
  readonly out: Span
  readonly dense: Dense
}

/** Gates in the order input, forget, cell, output. Always of stage `window`; its input projection is of its input's stage. */
export interface LstmOperation extends OperationBase {
  readonly kind: 'lstm'
  readonly in: Span
  readonly out: Span
  readonly width: number
  /** The stage of the operation's input. */
  readonly inputStage: 'step' | 'window'
  /** `[I, 4D]` */
  readonly input: Dense
  /** `[D, 4D]` */
  readonly recurrent: Matrix
  /** Where the state comes from: the symbol, or the LSTM operation before it in the plan. */
  readonly initial:
    | { readonly kind: 'symbol'; readonly hidden: SymbolVectors; readonly cell: SymbolVectors }
    | { readonly kind: 'continued'; readonly from: LstmOperation }
}

/**
 * Interpretable attention of the last `queries` steps over all steps up to their own. `out` is the heads' mean of
 * weighted values `[queries, D / heads]`; the output projection is folded into, or stands before, the reader's gate.
 */
export interface AttentionOperation extends OperationBase {
  readonly kind: 'attention'
  /** Keys and values. */
  readonly in: Span
  readonly out: Span
  readonly heads: number
  readonly queries: number
  /** `[D, D]`, head by head; scores are divided by √(D / heads), which is not folded in. */
  readonly query: Matrix
  readonly key: Matrix
  /** `[D, D / heads]`, shared by the heads. */
  readonly value: Matrix
}

export interface QuantileHeadOperation extends OperationBase {
  readonly kind: 'quantileHead'
  readonly in: Span
  readonly horizons: number
  readonly quantiles: number
  readonly head: HeadForm
  /** `[D, Q]` (linear) or `[D, Q + 1]` (monotone). */
  readonly matrix: Matrix
}

export type HeadForm =
  | { readonly form: 'linear' /** `[Q]` */; readonly bias: Float64Array }
  | {
      readonly form: 'monotone'
      /** `[H, Q + 1]`: log-scale, median, increments downwards (outermost first), increments upwards. */
      readonly bias: Float64Array
      /** `[H]` */
      readonly mobility: readonly number[]
    }

/** A whole network without steps: flatten, SiLU layers, and the monotone head with its skip. */
export interface MlpOperation extends OperationBase {
  readonly kind: 'mlp'
  /** The flattened inputs in order; all their steps. */
  readonly inputs: readonly ('observed' | 'known')[]
  /** I. */
  readonly inputWidth: number
  readonly layers: readonly Dense[]
  readonly horizons: number
  readonly quantiles: number
  /** `[last layer, H · (Q + 1)]` */
  readonly matrix: Matrix
  /** From the inputs to the log-scales, `[I, H]`. */
  readonly skip: Matrix
  readonly head: Extract<HeadForm, { form: 'monotone' }>
}
