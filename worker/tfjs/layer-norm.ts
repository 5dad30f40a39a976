import * as tf from '@tensorflow/tfjs-core'

/** Added to the variance; PyTorch's default and the golden reference's. */
export const LAYER_NORM_EPSILON = 1e-5

/** `(x − mean) / √(var + ε)` over the last axis, population variance. Ba, Kiros, Hinton 2016. */
const standardise = tf.customGrad((x, save) => {
  const input = x as tf.Tensor
  const centred = tf.sub(input, tf.mean(input, -1, true))
  const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), LAYER_NORM_EPSILON))
  const normal = tf.mul(centred, inverseDeviation)
  ;(save as tf.GradSaveFunc)([normal, inverseDeviation])
  return {
    value: normal,
    // dx = (dy − mean(dy) − y·mean(dy·y)) / σ
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, inverse] = saved as [tf.Tensor, tf.Tensor]
      const along = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverse)
    },
  }
})

/** Layer norm with gain and bias; both broadcast against `x`. */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(standardise(x), gain), bias)
}
