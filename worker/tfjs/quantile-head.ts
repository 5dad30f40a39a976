import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'

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

export function quantileHead(context: BlockContext, block: BlockOf<'quantileHead'>): void {
  const { name, horizons: H, quantiles: Q } = block
  const x = value(context, block.input) // [B, H, D]
  const w = parameter(context, `${name}.w`)
  const b = parameter(context, `${name}.b`)
  if (block.form === 'linear') {
    context.values.set(name, affine(x, w, b))
    return
  }
  const B = context.batchSize
  const mobility = tf.tensor3d([...(block.shapeMobility ?? new Array<number>(H).fill(1))], [1, H, 1])
  const departure = affine(x, w) // [B, H, Q + 1]
  const biasScale = tf.slice(b, [0, 0], [H, 1])
  const biasShape = tf.slice(b, [0, 1], [H, Q])
  const scale = tf.add(tf.slice(departure, [0, 0, 0], [B, H, 1]), biasScale)
  const shape = tf.add(tf.mul(tf.slice(departure, [0, 0, 1], [B, H, Q]), mobility), biasShape)

  const median = tf.slice(shape, [0, 0, 0], [B, H, 1])
  const increments = tf.softplus(tf.slice(shape, [0, 0, 1], [B, H, Q - 1]))
  const quantiles = tf.add(median, affine(increments, cumulation(Q))) // [B, H, Q]
  context.values.set(name, tf.mul(quantiles, tf.exp(tf.clipByValue(scale, -3, 3))))
  context.values.set(`${name}.scale`, scale)
}
