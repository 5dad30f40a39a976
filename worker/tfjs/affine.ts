import * as tf from '@tensorflow/tfjs-core'

/**
 * `x·w (+ b)` on the last axis: `[…, in]` × `[in, out]` → `[…, out]`. Where `w` has a leading axis of copies, `x` is
 * `[copies, rows, in]`.
 */
export function affine(x: tf.Tensor, w: tf.Tensor, b?: tf.Tensor): tf.Tensor {
  if (w.rank === 3) {
    const y = tf.matMul(x as tf.Tensor3D, w as tf.Tensor3D)
    return b ? tf.add(y, tf.expandDims(b, 1)) : y
  }
  const inputWidth = w.shape[0]!
  const rows = x.size / inputWidth
  const y = tf.matMul(tf.reshape(x, [rows, inputWidth]), w as tf.Tensor2D)
  return tf.reshape(b ? tf.add(y, b) : y, [...x.shape.slice(0, -1), w.shape[1]!])
}
