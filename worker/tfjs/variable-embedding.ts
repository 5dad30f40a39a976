import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, parameter, value } from './context.ts'

export function variableEmbedding(context: BlockContext, block: BlockOf<'variableEmbedding'>): void {
  const scalars = tf.expandDims(value(context, block.input), -1) // [B, T, V, 1]
  const embedded = tf.add(tf.mul(scalars, parameter(context, `${block.name}.w`)), parameter(context, `${block.name}.b`))
  context.values.set(block.name, embedded) // [B, T, V, D]
}
