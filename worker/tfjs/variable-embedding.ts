import type * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, parameter, value } from './context.ts'

export function variableEmbedding(context: BlockContext, block: BlockOf<'variableEmbedding'>): void {
  context.embedded.set(block.name, {
    scalars: value<tf.Rank.R3>(context, block.input),
    w: parameter<tf.Rank.R2>(context, `${block.name}.w`),
    b: parameter<tf.Rank.R2>(context, `${block.name}.b`),
  })
}
