import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, type EmbeddedScalars, value } from './context.ts'

export function concat(context: BlockContext, block: BlockOf<'concat'>): void {
  const embedded = block.inputs.map(name => context.embedded.get(name)).filter(e => e !== undefined)
  if (embedded.length === block.inputs.length && block.axis === 'variable') {
    context.embedded.set(block.name, concatVariables(embedded))
    return
  }
  const parts = block.inputs.map(name => value(context, name))
  const axis = block.axis === 'time' ? 1 : parts[0].rank - 2
  context.values.set(block.name, tf.concat(parts, axis))
}

const concatVariables = (parts: readonly EmbeddedScalars[]): EmbeddedScalars => ({
  scalars: tf.concat(
    parts.map(p => p.scalars),
    2,
  ),
  w: tf.concat(
    parts.map(p => p.w),
    0,
  ),
  b: tf.concat(
    parts.map(p => p.b),
    0,
  ),
})
