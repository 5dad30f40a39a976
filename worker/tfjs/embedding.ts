import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, parameter, value } from './context.ts'

/** One-hot × matrix rather than a gather: tfjs-wasm has no gradient for gather (tensorflow/tfjs#8082). */
export function embedding(context: BlockContext, block: BlockOf<'embedding'>): void {
  const codes = value<tf.Rank.R1>(context, block.input)
  const oneHot = tf.cast(tf.oneHot(tf.cast(codes, 'int32'), block.classes), 'float32') as tf.Tensor2D
  const rows = tf.matMul(oneHot, parameter<tf.Rank.R2>(context, block.name))
  context.values.set(block.name, tf.expandDims(rows, 1)) // [B, 1, D]
}
