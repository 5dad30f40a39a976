import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { unstack } from './pieces.ts'

/** Hochreiter & Schmidhuber 1997, with forget gate. The input projection of all steps is one matrix product. */
export function lstm(context: BlockContext, block: BlockOf<'lstm'>): void {
  const input = value(context, block.input) // [B, T, D]
  const recurrent = parameter<tf.Rank.R2>(context, `${block.name}.wHh`)
  const projected = affine(input, parameter(context, `${block.name}.wIh`), parameter(context, `${block.name}.b`))

  let hidden = value<tf.Rank.R2>(context, block.initialHidden)
  let cell = value<tf.Rank.R2>(context, block.initialCell)
  const outputs: tf.Tensor[] = []
  for (const step of unstack(projected, 1)) {
    const gates = tf.add(step, tf.matMul(hidden, recurrent)) // [B, 4D]
    const [inputGate, forgetGate, candidate, outputGate] = tf.split(gates, 4, -1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]
    cell = tf.add(
      tf.mul(tf.sigmoid(forgetGate), cell),
      tf.mul(tf.sigmoid(inputGate), tf.tanh(candidate)),
    ) as tf.Tensor2D
    hidden = tf.mul(tf.sigmoid(outputGate), tf.tanh(cell)) as tf.Tensor2D
    outputs.push(hidden)
  }
  context.values.set(block.name, tf.stack(outputs, 1)) // [B, T, D]
  context.values.set(`${block.name}.hidden`, hidden)
  context.values.set(`${block.name}.cell`, cell)
}
