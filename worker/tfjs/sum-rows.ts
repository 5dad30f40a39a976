import * as tf from '@tensorflow/tfjs-core'

/** Sums over all axes but the last, as a product with ones: much faster on wasm than a reduction. */
export function sumRows(x: tf.Tensor): tf.Tensor1D {
  const width = x.shape.at(-1)!
  const rows = x.size / width
  return tf.reshape(tf.matMul(tf.ones([1, rows]), tf.reshape(x, [rows, width])), [width])
}
