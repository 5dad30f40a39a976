import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { type BlockContext, value } from './context.ts'
import { gatedResidualOf, projectContext } from './gated-residual.ts'

export function variableSelection(context: BlockContext, block: BlockOf<'variableSelection'>): void {
  const { name, variables: V, width: D } = block
  const B = context.batchSize
  const embedded = value(context, block.input) // [B, (T,) V, D]
  const timeAxis = embedded.rank === 4
  const T = timeAxis ? embedded.shape[1]! : 1
  const lead = timeAxis ? [B, T] : [B]

  const added = block.context === undefined ? null : projectContext(context, `${name}.flat`, block.context, timeAxis)
  const flat = tf.reshape(embedded, [...lead, V * D])
  const logits = gatedResidualOf(context, `${name}.flat`, flat, added, timeAxis ? [B, 1, D] : [B, D])
  const weights = tf.softmax(logits) // [B, (T,) V]

  // each variable through its own GRN, as one batch of matrices
  const byVariable = tf.transpose(tf.reshape(embedded, [B * T, V, D]), [1, 0, 2]) // [V, B·T, D]
  const perVariableContext: BlockContext = {
    ...context,
    dropout: x => tf.reshape(context.dropout(tf.reshape(x, [V, B, T, D]), [V, B, 1, D]), [V, B * T, D]),
  }
  const transformed = gatedResidualOf(perVariableContext, `${name}.var`, byVariable, null, [])
  const weightByVariable = tf.reshape(tf.transpose(tf.reshape(weights, [B * T, V])), [V, B * T, 1])
  const mixed = tf.sum(tf.mul(transformed, weightByVariable), 0) // [B·T, D]

  context.values.set(name, tf.reshape(mixed, [...lead, D]))
  context.values.set(`${name}.weights`, weights)
}
