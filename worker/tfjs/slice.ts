import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, value } from './context.ts'

export function slice(context: BlockContext, block: BlockOf<'slice'>): void {
  const x = value(context, block.input)
  const begin = x.shape.map((_, axis) => (axis === 1 ? block.from : 0))
  const size = x.shape.map((length, axis) => (axis === 1 ? block.to - block.from : length))
  context.values.set(block.name, tf.slice(x, begin, size))
}
