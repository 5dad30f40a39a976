import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, value } from './context.ts'

export function concat(context: BlockContext, block: BlockOf<'concat'>): void {
  const parts = block.inputs.map(name => value(context, name))
  const axis = block.axis === 'time' ? 1 : parts[0]!.rank - 2
  context.values.set(block.name, tf.concat(parts, axis))
}
