import type * as tf from '@tensorflow/tfjs-core'

/**
 * Scalar variables with their affine embeddings, not multiplied out: the embedding of variable v is
 * `scalars[…, v] · w[v] + b[v]`. Being linear, it folds into the first layer of whatever reads it, and `[B, T, V, D]`
 * never exists.
 */
export interface EmbeddedScalars {
  /** `[B, T, V]` */
  readonly scalars: tf.Tensor3D
  /** `[V, D]` */
  readonly w: tf.Tensor2D
  /** `[V, D]` */
  readonly b: tf.Tensor2D
}

/** What a block's function works with. */
export interface BlockContext {
  /** Parameters by name. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>
  /** Values computed so far, the network's inputs among them. */
  readonly values: Map<string, tf.Tensor>
  /** Values that are embedded scalars. */
  readonly embedded: Map<string, EmbeddedScalars>
  /** B. */
  readonly batchSize: number
  /**
   * Training only: zeroes activations and rescales the rest. `noiseShape` broadcasts against `x`; one mask per window
   * is shared by its time steps (Gal & Ghahramani 2016). The identity at inference.
   */
  dropout(x: tf.Tensor, noiseShape: number[]): tf.Tensor
}

export function parameter<R extends tf.Rank = tf.Rank>(context: BlockContext, name: string): tf.Tensor<R> {
  const tensor = context.parameters.get(name)
  if (!tensor) throw new Error(`The network has no parameter '${name}'.`)
  return tensor as tf.Tensor<R>
}

export function value<R extends tf.Rank = tf.Rank>(context: BlockContext, name: string): tf.Tensor<R> {
  const tensor = context.values.get(name)
  if (!tensor) throw new Error(`The value '${name}' is used before a block has computed it.`)
  return tensor as tf.Tensor<R>
}
