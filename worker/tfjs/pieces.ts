import * as tf from '@tensorflow/tfjs-core'

// tfjs cannot differentiate a split or an unstack into one piece: its gradient then gets a tensor where it expects a list.

/** `x` cut into `count` equal pieces along an axis. */
export const split = (x: tf.Tensor, count: number, axis: number): tf.Tensor[] =>
  count === 1 ? [x] : tf.split(x, count, axis)

/** The slices of `x` along an axis, which disappears. */
export const unstack = (x: tf.Tensor, axis = 0): tf.Tensor[] =>
  x.shape[axis] === 1 ? [tf.squeeze(x, [axis])] : tf.unstack(x, axis)
