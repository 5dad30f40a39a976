import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'

export function mlp(context: BlockContext, { name, input, layers }: BlockOf<'mlp'>): void {
  const last = layers.reduce(
    (x, width, i) => {
      const z = affine(x, parameter(context, `${name}.${i}.w`), parameter(context, `${name}.${i}.b`))
      return context.dropout(tf.mul(z, tf.sigmoid(z)), [context.batchSize, width])
    },
    value(context, input),
  )
  context.values.set(name, last) // [B, last layer]
}
