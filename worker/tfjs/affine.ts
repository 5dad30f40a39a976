import * as tf from '@tensorflow/tfjs-core'
import { sumRows } from './sum-rows.ts'

/**
 * `a·b` of matrices. Its gradients transpose explicitly instead of asking the product to: on wasm, only a product without
 * transposes runs in the fast kernel (10 times faster at the sizes of these networks).
 */
const product = tf.customGrad((a, b, save) => {
  const [left, right] = [a as tf.Tensor2D, b as tf.Tensor2D]
  ;(save as tf.GradSaveFunc)([left, right])
  return {
    value: tf.matMul(left, right),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedLeft, savedRight] = saved as [tf.Tensor2D, tf.Tensor2D]
      const gradient = dy as tf.Tensor2D
      return [
        tf.matMul(gradient, tf.transpose(savedRight)),
        // the narrow matrix is the one that is transposed
        tf.transpose(tf.matMul(tf.transpose(gradient), savedLeft)) as tf.Tensor2D,
      ]
    },
  }
})

/** Adds a bias row; its gradient is a sum over rows. */
const addRow = tf.customGrad((x, b) => ({
  value: tf.add(x as tf.Tensor2D, b as tf.Tensor1D),
  gradFunc: (dy: tf.Tensor) => [dy, sumRows(dy)],
}))

/** `x·w (+ b)` on the last axis: `[…, in]` × `[in, out]` → `[…, out]`. */
export function affine(x: tf.Tensor, w: tf.Tensor, b?: tf.Tensor): tf.Tensor {
  const [inputWidth, width] = w.shape
  const y = product(tf.reshape(x, [x.size / inputWidth, inputWidth]), w)
  return tf.reshape(b ? addRow(y, b) : y, [...x.shape.slice(0, -1), width])
}
