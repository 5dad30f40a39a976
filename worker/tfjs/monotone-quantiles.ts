import * as tf from '@tensorflow/tfjs-core'
import { affine } from './affine.ts'

/** `[Q − 1, Q]`: row i adds its increment to every quantile outside of it, downwards for the lower half. */
function cumulation(Q: number): tf.Tensor2D {
  const median = (Q - 1) / 2
  const matrix = new Float32Array((Q - 1) * Q)
  for (let i = 0; i < Q - 1; i++) {
    const below = i < median
    for (let q = 0; q < Q; q++) {
      if (below && q <= i) matrix[i * Q + q] = -1
      if (!below && q > i) matrix[i * Q + q] = 1
    }
  }
  return tf.tensor2d(matrix, [Q - 1, Q])
}

/** The columns of a monotone head: what the inputs add to its bias, and the bias. */
export interface HeadColumns {
  /** `[B, H, 1]` */
  readonly scaleDeparture: tf.Tensor
  /** `[B, H, Q]`: median and increments, before the mobility. */
  readonly shapeDeparture: tf.Tensor
  /** `[H, Q + 1]` */
  readonly bias: tf.Tensor
  /** One factor per horizon; default 1. */
  readonly mobility: readonly number[] | undefined
}

/** Quantiles `[B, H, Q]` that cannot cross, and the log-scale `[B, H, 1]`; see `QuantileHeadBlock`. */
export function monotoneQuantiles(columns: HeadColumns): { quantiles: tf.Tensor; scale: tf.Tensor } {
  const { scaleDeparture, shapeDeparture, bias } = columns
  const [B, H, Q] = shapeDeparture.shape as [number, number, number]
  const mobility = tf.tensor3d([...(columns.mobility ?? new Array<number>(H).fill(1))], [1, H, 1])
  const scale = tf.add(scaleDeparture, tf.slice(bias, [0, 0], [H, 1]))
  const shape = tf.add(tf.mul(shapeDeparture, mobility), tf.slice(bias, [0, 1], [H, Q]))

  const median = tf.slice(shape, [0, 0, 0], [B, H, 1])
  const increments = tf.softplus(tf.slice(shape, [0, 0, 1], [B, H, Q - 1]))
  const quantiles = tf.mul(tf.add(median, affine(increments, cumulation(Q))), tf.exp(tf.clipByValue(scale, -3, 3)))
  return { quantiles, scale }
}
