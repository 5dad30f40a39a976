import * as tf from '@tensorflow/tfjs-core'
import { sumRows } from './sum-rows.ts'

/** Added to the variance; PyTorch's default and the golden reference's. */
const LAYER_NORM_EPSILON = 1e-5

/**
 * `(x − mean) / √(var + ε) · gain + bias` over the last axis, population variance; gain and bias `[D]`.
 * @see Ba, Kiros, Hinton: Layer Normalization (2016)
 */
export const layerNorm = tf.customGrad((x, gain, bias, save) => {
  const input = x as tf.Tensor
  const centred = tf.sub(input, tf.mean(input, -1, true))
  const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), LAYER_NORM_EPSILON))
  const normal = tf.mul(centred, inverseDeviation)
  ;(save as tf.GradSaveFunc)([normal, inverseDeviation, gain as tf.Tensor])
  return {
    value: tf.add(tf.mul(normal, gain as tf.Tensor), bias as tf.Tensor),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, inverse, savedGain] = saved
      // with g = dy·gain: dx = (g − mean(g) − y·mean(g·y)) / σ
      const g = tf.mul(dy, savedGain)
      const along = tf.mul(y, tf.mean(tf.mul(g, y), -1, true))
      const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse)
      return [dx, sumRows(tf.mul(dy, y)), sumRows(dy)]
    },
  }
})
