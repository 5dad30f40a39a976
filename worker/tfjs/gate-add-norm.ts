import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { layerNorm } from './layer-norm.ts'

/** Parameters of `LN(skip + GLU(h))`. */
export interface GateAddNormParameters {
  /** `[in, 2D]`, `[2D]` */
  readonly gluW: tf.Tensor
  readonly gluB: tf.Tensor
  /** `[D]` */
  readonly gain: tf.Tensor
  readonly bias: tf.Tensor
}

export const gateAddNormParameters = (context: BlockContext, name: string): GateAddNormParameters => ({
  gluW: parameter(context, `${name}.glu.w`),
  gluB: parameter(context, `${name}.glu.b`),
  gain: parameter(context, `${name}.ln.g`),
  bias: parameter(context, `${name}.ln.b`),
})

/** `LN(skip + GLU(h))`. Halving the weights' columns is cheaper than halving the activations'. */
export function gateAddNormOf(
  { gluW, gluB, gain, bias }: GateAddNormParameters,
  h: tf.Tensor,
  skip: tf.Tensor,
): tf.Tensor {
  const [linearW, gateW] = tf.split(gluW, 2, -1)
  const [linearB, gateB] = tf.split(gluB, 2, -1)
  // gated linear unit, Dauphin et al. 2017
  const gated = tf.mul(affine(h, linearW, linearB), tf.sigmoid(affine(h, gateW, gateB)))
  return layerNorm(tf.add(skip, gated), gain, bias)
}

export function gateAddNorm(context: BlockContext, block: BlockOf<'gateAddNorm'>): void {
  const input = value(context, block.input) // [B, T, D]
  const h = block.dropout === false ? input : context.dropout(input, [context.batchSize, 1, block.inputWidth])
  context.values.set(
    block.name,
    gateAddNormOf(gateAddNormParameters(context, block.name), h, value(context, block.skip)),
  )
}
