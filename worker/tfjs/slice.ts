import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, value } from './context.ts'

export function slice(context: BlockContext, block: BlockOf<'slice'>): void {
  const embedded = context.embedded.get(block.input)
  if (embedded) {
    context.embedded.set(block.name, { ...embedded, scalars: sliceSteps(embedded.scalars, block) })
  } else {
    context.values.set(block.name, sliceSteps(value(context, block.input), block))
  }
}

function sliceSteps<T extends tf.Tensor>(x: T, { from, to }: BlockOf<'slice'>): T {
  const begin = x.shape.map((_, axis) => (axis === 1 ? from : 0))
  const size = x.shape.map((length, axis) => (axis === 1 ? to - from : length))
  return tf.slice(x, begin, size)
}
