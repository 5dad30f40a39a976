import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { layerNorm } from './layer-norm.ts'

/** Gated linear unit: the first half of the columns, times the sigmoid of the second. Dauphin et al. 2017. */
function gatedLinearUnit(context: BlockContext, name: string, h: tf.Tensor): tf.Tensor {
  const columns = affine(h, parameter(context, `${name}.glu.w`), parameter(context, `${name}.glu.b`))
  const [linear, gate] = tf.split(columns, 2, -1)
  return tf.mul(linear!, tf.sigmoid(gate!))
}

/** `LN(skip + GLU(h))`. With a leading axis of copies, gain and bias are one row per copy. */
export function gateAddNormOf(context: BlockContext, name: string, h: tf.Tensor, skip: tf.Tensor): tf.Tensor {
  const gain = parameter(context, `${name}.ln.g`)
  const bias = parameter(context, `${name}.ln.b`)
  const sum = tf.add(skip, gatedLinearUnit(context, name, h))
  return gain.rank === 2 ? layerNorm(sum, tf.expandDims(gain, 1), tf.expandDims(bias, 1)) : layerNorm(sum, gain, bias)
}

export function gateAddNorm(context: BlockContext, block: BlockOf<'gateAddNorm'>): void {
  const input = value(context, block.input) // [B, T, D]
  const noiseShape = [context.batchSize, 1, block.inputWidth]
  const h = block.dropout === false ? input : context.dropout(input, noiseShape)
  context.values.set(block.name, gateAddNormOf(context, block.name, h, value(context, block.skip)))
}
