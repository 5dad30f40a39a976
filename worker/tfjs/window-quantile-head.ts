import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { monotoneQuantiles } from './monotone-quantiles.ts'

export function windowQuantileHead(context: BlockContext, block: BlockOf<'windowQuantileHead'>): void {
  const { name, horizons: H, quantiles: Q } = block
  const B = context.batchSize
  const columns = tf.reshape(affine(value(context, block.input), parameter(context, `${name}.w`)), [B, H, Q + 1])
  const skipped = affine(value(context, block.skip), parameter(context, `${name}.skip.w`)) // [B, H]
  const { quantiles, scale } = monotoneQuantiles({
    scaleDeparture: tf.add(tf.slice(columns, [0, 0, 0], [B, H, 1]), tf.expandDims(skipped, 2)),
    shapeDeparture: tf.slice(columns, [0, 0, 1], [B, H, Q]),
    bias: parameter(context, `${name}.b`),
    mobility: block.shapeMobility,
  })
  context.values.set(name, quantiles)
  context.values.set(`${name}.scale`, scale)
}
