/**
 * The vocabulary that networks are written in. A network is data: a list of blocks, each naming its inputs and its
 * parameters. Engines (worker/tfjs, and the fused engines beside it) interpret that list; nothing here computes.
 *
 * Axes: B batch, T time, F feature, V variable, D hidden width, N heads, H horizon, Q quantile; I inputs of a whole window.
 */

/** How a parameter is initialised before training. */
export type Initialiser = 'glorotUniform' | 'orthogonal' | 'embedding' | 'zeros' | 'ones' | 'lstmBias'

export interface ParameterSpec {
  /** Unique within the network, `<block>.<part>`, e.g. `enrich.fc1.w`. */
  readonly name: string
  /** Matrices are `[in, out]`; a leading axis, where there is one, counts independent copies (one per variable). */
  readonly shape: readonly number[]
  readonly init: Initialiser
}

/** Categorical codes `[B]` → `[B, 1, D]`: one static variable. Parameter `name` `[classes, D]`. */
export interface EmbeddingBlock {
  readonly block: 'embedding'
  readonly name: string
  readonly input: string
  readonly classes: number
  readonly width: number
}

/** Each scalar variable gets its own affine embedding: `[B, T, V]` → `[B, T, V, D]`. Parameters `.w`, `.b` `[V, D]`. */
export interface VariableEmbeddingBlock {
  readonly block: 'variableEmbedding'
  readonly name: string
  readonly input: string
  readonly variables: number
  readonly width: number
}

/** The steps `from … to` (exclusive) of the time axis (axis 1). */
export interface SliceBlock {
  readonly block: 'slice'
  readonly name: string
  readonly input: string
  readonly from: number
  readonly to: number
}

/** Joins along time (axis 1) or along the variable axis (the last but one). */
export interface ConcatBlock {
  readonly block: 'concat'
  readonly name: string
  readonly inputs: readonly string[]
  readonly axis: 'time' | 'variable'
}

/**
 * Gated residual network (Lim et al. 2021, eq. 2–5): `LN(skip(x) + GLU(ELU(x·fc1 + context·ctx)·fc2))`.
 * The skip is a projection when `inputWidth ≠ width`, else the identity.
 */
export interface GatedResidualBlock {
  readonly block: 'gatedResidual'
  readonly name: string
  readonly input: string
  readonly context?: string
  readonly contextWidth?: number
  readonly inputWidth: number
  readonly hiddenWidth: number
  readonly width: number
}

/**
 * Variable selection (eq. 6–8): softmax weights over the variables, computed by a GRN on all of them flattened, mix
 * each variable's own GRN. `[B, (T,) V, D]` → `[B, (T,) D]`; the weights are the value `<name>.weights` `[B, (T,) V]`.
 */
export interface VariableSelectionBlock {
  readonly block: 'variableSelection'
  readonly name: string
  readonly input: string
  readonly context?: string
  readonly variables: number
  readonly width: number
}

/**
 * One LSTM layer, gates in the order input, forget, cell, output. `[B, T, D]` → `[B, T, D]`; the last state is
 * `<name>.hidden` and `<name>.cell`, both `[B, D]`.
 */
export interface LstmBlock {
  readonly block: 'lstm'
  readonly name: string
  readonly input: string
  readonly initialHidden: string
  readonly initialCell: string
  readonly inputWidth: number
  readonly width: number
}

/** `LN(skip + GLU(x))`, the gate that lets a network skip a component. */
export interface GateAddNormBlock {
  readonly block: 'gateAddNorm'
  readonly name: string
  readonly input: string
  readonly skip: string
  readonly inputWidth: number
  readonly width: number
  /** False where training must not drop activations (the last gate of the TFT). */
  readonly dropout?: false
}

/**
 * Interpretable multi-head attention (eq. 13–16): values shared by the heads, head outputs averaged, causal. Only the
 * last `queries` rows are computed. `[B, T, D]` → `[B, queries, D]`; the mean pattern is `<name>.weights`
 * `[B, queries, T]`.
 */
export interface AttentionBlock {
  readonly block: 'attention'
  readonly name: string
  readonly input: string
  readonly width: number
  readonly heads: number
  readonly queries: number
}

/** Affine map of the last axis. */
export interface LinearBlock {
  readonly block: 'linear'
  readonly name: string
  readonly input: string
  readonly inputWidth: number
  readonly width: number
}

/**
 * `[B, H, D]` → `[B, H, Q]`.
 * - `linear`: the paper's head, one affine map; quantiles may cross.
 * - `monotone`: log-scale, median and softplus increments cumulated outwards from the median, so quantiles cannot
 *   cross; `q = exp(clip(scale, ±3)) · shape`. Each horizon has its own bias (initialised at the unconditional
 *   quantiles of the target), and departures of its shape from that bias are damped by `shapeMobility[h]`: at long
 *   horizons the shape of the distribution is hard to learn. `quantiles` is odd and the middle one is the median.
 *   Columns: log-scale, median, increments downwards (outermost first), increments upwards.
 * @see Gasthaus et al. 2019 for quantile functions made monotone by construction
 */
export interface QuantileHeadBlock {
  readonly block: 'quantileHead'
  readonly name: string
  readonly input: string
  readonly inputWidth: number
  readonly horizons: number
  readonly quantiles: number
  readonly form: 'linear' | 'monotone'
  /** One factor in (0, 1] per horizon; `monotone` only. */
  readonly shapeMobility?: readonly number[]
}

/** All steps of the inputs joined into one row per window: `[B, T, F]`, … → `[B, Σ T·F]`, input by input, step by step. */
export interface FlattenBlock {
  readonly block: 'flatten'
  readonly name: string
  readonly inputs: readonly string[]
}

/** Affine layers, each followed by SiLU (`x · sigmoid(x)`): `[B, I]` → `[B, last layer]`. Parameters `.0.w`, `.0.b`, `.1.w`, … */
export interface MlpBlock {
  readonly block: 'mlp'
  readonly name: string
  readonly input: string
  readonly inputWidth: number
  readonly layers: readonly number[]
}

/**
 * The monotone quantile head of a network without decoder steps: `[B, D]` → `[B, H, Q]`. One affine map to the columns of
 * every horizon, then as `quantileHead`; the log-scales have a linear skip from `skip` `[B, I]` (parameter `.skip.w` `[I, H]`).
 */
export interface WindowQuantileHeadBlock {
  readonly block: 'windowQuantileHead'
  readonly name: string
  readonly input: string
  readonly inputWidth: number
  readonly skip: string
  readonly skipWidth: number
  readonly horizons: number
  readonly quantiles: number
  readonly shapeMobility?: readonly number[]
}

export type Block =
  | EmbeddingBlock
  | VariableEmbeddingBlock
  | SliceBlock
  | ConcatBlock
  | GatedResidualBlock
  | VariableSelectionBlock
  | LstmBlock
  | GateAddNormBlock
  | AttentionBlock
  | LinearBlock
  | QuantileHeadBlock
  | FlattenBlock
  | MlpBlock
  | WindowQuantileHeadBlock

export type BlockKind = Block['block']
export type BlockOf<K extends BlockKind> = Extract<Block, { block: K }>

/** Shapes of what a network reads and writes; everything an engine or a windower must know without its blocks. */
export interface NetworkShape {
  /** Past steps, the newest being the candle whose close the forecast is made at. */
  readonly lookback: number
  /** Forecast horizons: decoder steps. */
  readonly horizons: number
  readonly quantiles: number
  readonly observed: number
  readonly known: number
  readonly symbols: number
}

export interface Network {
  readonly shape: NetworkShape
  /** In execution order. Inputs are the values `observed` [B, L, Fo], `known` [B, L+H, Fk] and `symbols` [B]. */
  readonly blocks: readonly Block[]
  readonly outputs: {
    readonly quantiles: string
    readonly attention?: string
    readonly pastWeights?: string
    readonly futureWeights?: string
  }
}

const gluAndNorm = (
  name: string,
  inputWidth: number,
  width: number,
  copies: readonly number[] = [],
): ParameterSpec[] => [
  { name: `${name}.glu.w`, shape: [...copies, inputWidth, 2 * width], init: 'glorotUniform' },
  { name: `${name}.glu.b`, shape: [...copies, 2 * width], init: 'zeros' },
  { name: `${name}.ln.g`, shape: [...copies, width], init: 'ones' },
  { name: `${name}.ln.b`, shape: [...copies, width], init: 'zeros' },
]

const affine = (name: string, inputWidth: number, width: number, copies: readonly number[] = []): ParameterSpec[] => [
  { name: `${name}.w`, shape: [...copies, inputWidth, width], init: 'glorotUniform' },
  { name: `${name}.b`, shape: [...copies, width], init: 'zeros' },
]

interface GatedResidualWidths {
  inputWidth: number
  hiddenWidth: number
  width: number
  contextWidth?: number | undefined
}

function gatedResidualParameters(
  name: string,
  w: GatedResidualWidths,
  copies: readonly number[] = [],
): ParameterSpec[] {
  return [
    ...(w.inputWidth === w.width ? [] : affine(`${name}.skip`, w.inputWidth, w.width, copies)),
    ...affine(`${name}.fc1`, w.inputWidth, w.hiddenWidth, copies),
    ...(w.contextWidth === undefined
      ? []
      : [{ name: `${name}.ctx.w`, shape: [w.contextWidth, w.hiddenWidth], init: 'glorotUniform' } as const]),
    ...affine(`${name}.fc2`, w.hiddenWidth, w.hiddenWidth, copies),
    ...gluAndNorm(name, w.hiddenWidth, w.width, copies),
  ]
}

/** Every parameter of one block, in a fixed order. */
function blockParameters(b: Block): ParameterSpec[] {
  switch (b.block) {
    case 'slice':
    case 'concat':
    case 'flatten':
      return []
    case 'embedding':
      return [{ name: b.name, shape: [b.classes, b.width], init: 'embedding' }]
    case 'variableEmbedding':
      return [
        { name: `${b.name}.w`, shape: [b.variables, b.width], init: 'embedding' },
        { name: `${b.name}.b`, shape: [b.variables, b.width], init: 'zeros' },
      ]
    case 'gatedResidual':
      return gatedResidualParameters(b.name, b)
    case 'variableSelection': {
      const contextWidth = b.context === undefined ? undefined : b.width
      return [
        ...gatedResidualParameters(`${b.name}.flat`, {
          inputWidth: b.variables * b.width,
          hiddenWidth: b.width,
          width: b.variables,
          contextWidth,
        }),
        ...gatedResidualParameters(`${b.name}.var`, { inputWidth: b.width, hiddenWidth: b.width, width: b.width }, [
          b.variables,
        ]),
      ]
    }
    case 'lstm':
      return [
        { name: `${b.name}.wIh`, shape: [b.inputWidth, 4 * b.width], init: 'glorotUniform' },
        { name: `${b.name}.wHh`, shape: [b.width, 4 * b.width], init: 'orthogonal' },
        { name: `${b.name}.b`, shape: [4 * b.width], init: 'lstmBias' },
      ]
    case 'gateAddNorm':
      return gluAndNorm(b.name, b.inputWidth, b.width)
    case 'attention':
      return [
        { name: `${b.name}.wq`, shape: [b.width, b.width], init: 'glorotUniform' },
        { name: `${b.name}.wk`, shape: [b.width, b.width], init: 'glorotUniform' },
        { name: `${b.name}.wv`, shape: [b.width, b.width / b.heads], init: 'glorotUniform' },
        { name: `${b.name}.wo`, shape: [b.width / b.heads, b.width], init: 'glorotUniform' },
      ]
    case 'linear':
      return affine(b.name, b.inputWidth, b.width)
    case 'quantileHead':
      return b.form === 'linear'
        ? affine(b.name, b.inputWidth, b.quantiles)
        : [
            { name: `${b.name}.w`, shape: [b.inputWidth, b.quantiles + 1], init: 'glorotUniform' },
            { name: `${b.name}.b`, shape: [b.horizons, b.quantiles + 1], init: 'zeros' },
          ]
    case 'mlp':
      return b.layers.flatMap((width, i) => affine(`${b.name}.${i}`, b.layers[i - 1] ?? b.inputWidth, width))
    case 'windowQuantileHead': {
      const columns = b.quantiles + 1
      return [
        { name: `${b.name}.w`, shape: [b.inputWidth, b.horizons * columns], init: 'glorotUniform' },
        { name: `${b.name}.b`, shape: [b.horizons, columns], init: 'zeros' },
        { name: `${b.name}.skip.w`, shape: [b.skipWidth, b.horizons], init: 'glorotUniform' },
      ]
    }
  }
}

/** Whether a parameter multiplies activations: what weight decay and int8 are for. Biases, norms and embeddings are not. */
export const isMatrix = (spec: ParameterSpec): boolean => spec.init === 'glorotUniform' || spec.init === 'orthogonal'

/** Every parameter of a network, in block order. */
export function networkParameters(network: Network): ParameterSpec[] {
  return network.blocks.flatMap(blockParameters)
}

export function parameterCount(network: Network): number {
  return networkParameters(network).reduce((sum, p) => sum + p.shape.reduce((a, n) => a * n, 1), 0)
}
