import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { gateAddNormOf, gateAddNormParameters } from './gate-add-norm.ts'

/**
 * The gated residual network named `name` on `x`. `addedContext`, where given, is already projected and broadcasts
 * against the hidden layer. `noiseShape` is the dropout mask's.
 */
export function gatedResidualOf(
  context: BlockContext,
  name: string,
  x: tf.Tensor,
  addedContext: tf.Tensor | null,
  noiseShape: number[],
): tf.Tensor {
  const skip = context.parameters.has(`${name}.skip.w`)
    ? affine(x, parameter(context, `${name}.skip.w`), parameter(context, `${name}.skip.b`))
    : x
  const first = affine(x, parameter(context, `${name}.fc1.w`), parameter(context, `${name}.fc1.b`))
  const hidden = tf.elu(addedContext ? tf.add(first, addedContext) : first)
  const second = affine(hidden, parameter(context, `${name}.fc2.w`), parameter(context, `${name}.fc2.b`))
  return gateAddNormOf(gateAddNormParameters(context, name), context.dropout(second, noiseShape), skip)
}

/** `context·ctx.w` as `[B, 1, D]` for inputs with a time axis, `[B, D]` for those without. */
export function projectContext(
  context: BlockContext,
  name: string,
  contextValue: string,
  timeAxis: boolean,
): tf.Tensor {
  const projected = affine(value(context, contextValue), parameter(context, `${name}.ctx.w`))
  return timeAxis ? tf.expandDims(projected, 1) : projected
}

export function gatedResidual(context: BlockContext, block: BlockOf<'gatedResidual'>): void {
  const x = value(context, block.input) // [B, (T,) D]
  const timeAxis = x.rank === 3
  const added = block.context === undefined ? null : projectContext(context, block.name, block.context, timeAxis)
  const noiseShape = timeAxis ? [context.batchSize, 1, block.hiddenWidth] : [context.batchSize, block.hiddenWidth]
  context.values.set(block.name, gatedResidualOf(context, block.name, x, added, noiseShape))
}
