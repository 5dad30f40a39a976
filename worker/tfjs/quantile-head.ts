import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, parameter, value } from './context.ts'
import { monotoneQuantiles } from './monotone-quantiles.ts'

export function quantileHead(context: BlockContext, block: BlockOf<'quantileHead'>): void {
  const { name, horizons: H, quantiles: Q } = block
  const x = value(context, block.input) // [B, H, D]
  const w = parameter(context, `${name}.w`)
  const b = parameter(context, `${name}.b`)
  if (block.form === 'linear') {
    context.values.set(name, affine(x, w, b))
    return
  }
  const departure = affine(x, w) // [B, H, Q + 1]
  const { quantiles, scale } = monotoneQuantiles({
    scaleDeparture: tf.slice(departure, [0, 0, 0], [context.batchSize, H, 1]),
    shapeDeparture: tf.slice(departure, [0, 0, 1], [context.batchSize, H, Q]),
    bias: b,
    mobility: block.shapeMobility,
  })
  context.values.set(name, quantiles)
  context.values.set(`${name}.scale`, scale)
}
