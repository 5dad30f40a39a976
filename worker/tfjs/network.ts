import type * as tf from '@tensorflow/tfjs-core'
import type { Block, BlockKind, BlockOf, Network } from '../../models/blocks.ts'
import { attention } from './attention.ts'
import { concat } from './concat.ts'
import type { BlockContext } from './context.ts'
import { embedding } from './embedding.ts'
import { flatten } from './flatten.ts'
import { gateAddNorm } from './gate-add-norm.ts'
import { gatedResidual } from './gated-residual.ts'
import { linear } from './linear.ts'
import { lstm } from './lstm.ts'
import { mlp } from './mlp.ts'
import { quantileHead } from './quantile-head.ts'
import { slice } from './slice.ts'
import { variableEmbedding } from './variable-embedding.ts'
import { variableSelection } from './variable-selection.ts'
import { windowQuantileHead } from './window-quantile-head.ts'

/** What runs each block. */
export const BLOCKS: { [K in BlockKind]: (context: BlockContext, block: BlockOf<K>) => void } = {
  embedding,
  variableEmbedding,
  slice,
  concat,
  gatedResidual,
  variableSelection,
  lstm,
  gateAddNorm,
  attention,
  linear,
  quantileHead,
  flatten,
  mlp,
  windowQuantileHead,
}

/** A network's inputs as tensors. */
export interface NetworkInputs {
  /** `[B, L, Fo]` */
  readonly observed: tf.Tensor3D
  /** `[B, L + H, Fk]` */
  readonly known: tf.Tensor3D
  /** `[B]`, int32 */
  readonly symbols: tf.Tensor1D
}

/** Drops activations during training; see `BlockContext.dropout`. */
export type Dropout = (x: tf.Tensor, noiseShape: number[]) => tf.Tensor

/**
 * Interprets the network in differentiable ops on the active backend and returns every value by name. Run it inside
 * `tf.tidy` (inference) or `tf.variableGrads` (training).
 */
export function forwardNetwork(
  network: Network,
  parameters: ReadonlyMap<string, tf.Tensor>,
  inputs: NetworkInputs,
  dropout: Dropout = x => x,
): ReadonlyMap<string, tf.Tensor> {
  const values = new Map<string, tf.Tensor>(Object.entries(inputs))
  const context: BlockContext = { parameters, values, embedded: new Map(), batchSize: inputs.symbols.shape[0], dropout }
  for (const block of network.blocks) {
    const run = BLOCKS[block.block] as (context: BlockContext, block: Block) => void
    run(context, block)
  }
  return values
}
