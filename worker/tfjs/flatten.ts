import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, value } from './context.ts'

export function flatten(context: BlockContext, block: BlockOf<'flatten'>): void {
  const rows = block.inputs.map(name => tf.reshape(value(context, name), [context.batchSize, -1]))
  context.values.set(block.name, tf.concat(rows, 1)) // [B, I]
}
