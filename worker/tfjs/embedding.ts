import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, parameter, value } from './context.ts'

/** One-hot × matrix rather than a gather: tfjs-wasm has no gradient for gather (tensorflow/tfjs#8082). */
export function embedding(context: BlockContext, block: BlockOf<'embedding'>): void {
  const codes = value<tf.Rank.R1>(context, block.input)
  const rows = tf.matMul(oneHot(codes, block.classes), parameter<tf.Rank.R2>(context, block.name))
  context.values.set(block.name, tf.expandDims(rows, 1)) // [B, 1, D]
}

/** `[B, classes]` */
function oneHot(codes: tf.Tensor1D, classes: number): tf.Tensor2D {
  // tfjs refuses a depth of 1, and a model of a single symbol has one class
  if (classes === 1) return tf.ones([codes.shape[0], 1])
  return tf.cast(tf.oneHot(tf.cast(codes, 'int32'), classes), 'float32') as tf.Tensor2D
}
