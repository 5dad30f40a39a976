import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'

const MASKED = -1e9

/** `[queries, T]`: 0 where a query may look, −1e9 at later steps. */
function causalMask(queries: number, steps: number): tf.Tensor2D {
  const mask = new Float32Array(queries * steps)
  for (let row = 0; row < queries; row++) {
    for (let column = steps - queries + row + 1; column < steps; column++) mask[row * steps + column] = MASKED
  }
  return tf.tensor2d(mask, [queries, steps])
}

export function attention(context: BlockContext, block: BlockOf<'attention'>): void {
  const { width: D, heads: N, queries } = block
  const x = value<tf.Rank.R3>(context, block.input) // [B, T, D]
  const [B, T] = x.shape
  const depth = D / N
  const queryRows = tf.slice(x, [0, T - queries, 0], [B, queries, D])

  const split = (y: tf.Tensor, steps: number) => tf.transpose(tf.reshape(y, [B, steps, N, depth]), [0, 2, 1, 3])
  const q = split(affine(queryRows, parameter(context, `${block.name}.wq`)), queries) // [B, N, queries, depth]
  const k = split(affine(x, parameter(context, `${block.name}.wk`)), T) // [B, N, T, depth]
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(depth)) // [B, N, queries, T]
  const weights = tf.mean(tf.softmax(tf.add(scores, causalMask(queries, T))), 1) // [B, queries, T]

  // values are shared, so averaging the heads' patterns first is the same as averaging their outputs
  const values = affine(x, parameter(context, `${block.name}.wv`)) // [B, T, depth]
  const attended = tf.matMul(weights as tf.Tensor3D, values as tf.Tensor3D)
  context.values.set(block.name, affine(attended, parameter(context, `${block.name}.wo`))) // [B, queries, D]
  context.values.set(`${block.name}.weights`, weights)
}
