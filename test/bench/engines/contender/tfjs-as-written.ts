import * as tf from '@tensorflow/tfjs-core'
import type { Block, BlockOf } from '../../../../models/blocks.ts'
import type { TfjsBackend } from '../../../../sdk/engine.ts'
import { affine } from '../../../../worker/tfjs/affine.ts'
import { activateBackend } from '../../../../worker/tfjs/backend.ts'
import { type BlockContext, parameter, value } from '../../../../worker/tfjs/context.ts'
import { layerNorm } from '../../../../worker/tfjs/layer-norm.ts'
import { BLOCKS } from '../../../../worker/tfjs/network.ts'
import { IN_NODE } from '../surroundings.ts'
import type { Contender } from './contender.ts'

/**
 * tfjs as an app would use it: the network in the operations of its paper, embeddings multiplied out, all variables' own
 * networks in one batched product. The reference engine folds embeddings; this peer does not know how.
 */
export const tfjsAsWritten = (backend: TfjsBackend): Contender => ({
  async open({ network, weights }) {
    const { wasmPaths } = IN_NODE ? { wasmPaths: undefined } : await import('../../../../worker/tfjs/wasm-paths.ts')
    await activateBackend(backend, wasmPaths)
    const parameters = new Map(
      [...weights].map(([name, w]) => [name, tf.keep(tf.tensor(w.data, [...w.shape], 'float32'))]),
    )
    const { lookback, horizons, observed, known } = network.shape
    return {
      forward: batch => async () => {
        const quantiles = tf.tidy(() => {
          const B = batch.size
          const values = new Map<string, tf.Tensor>([
            ['observed', tf.tensor3d(batch.observed, [B, lookback, observed])],
            ['known', tf.tensor3d(batch.known, [B, lookback + horizons, known])],
            ['symbols', tf.tensor1d(batch.symbols, 'int32')],
          ])
          const context: BlockContext = { parameters, values, embedded: new Map(), batchSize: B, dropout: x => x }
          for (const block of network.blocks) {
            const run = AS_WRITTEN[block.block] as (context: BlockContext, block: Block) => void
            run(context, block)
          }
          return values.get(network.outputs.quantiles)!
        })
        const data = (await quantiles.data()) as Float32Array
        quantiles.dispose()
        return data
      },
      async dispose() {
        tf.dispose([...parameters.values()])
      },
    }
  },
})

const AS_WRITTEN = { ...BLOCKS, variableEmbedding, variableSelection }

/** `[B, T, V]` → `[B, T, V, D]` */
function variableEmbedding(context: BlockContext, { name, input }: BlockOf<'variableEmbedding'>): void {
  const scalars = tf.expandDims(value(context, input), 3)
  const embedded = tf.add(tf.mul(scalars, parameter(context, `${name}.w`)), parameter(context, `${name}.b`))
  context.values.set(name, embedded)
}

function variableSelection(context: BlockContext, block: BlockOf<'variableSelection'>): void {
  const { name, input, variables: V, width: D } = block
  const x = value(context, input)
  if (x.rank === 3) {
    BLOCKS.variableSelection(context, block) // static: one variable, no time
    return
  }
  const [B, T] = x.shape
  const get = (part: string) => parameter(context, `${name}.${part}`)
  const gated = (h: tf.Tensor, glu: tf.Tensor) => {
    const [linear, gate] = tf.split(tf.add(h, glu), 2, -1)
    return tf.mul(linear, tf.sigmoid(gate))
  }

  const flat = tf.reshape(x, [B, T, V * D])
  const first = affine(flat, get('flat.fc1.w'), get('flat.fc1.b'))
  const added =
    block.context === undefined
      ? first
      : tf.add(first, tf.expandDims(affine(value(context, block.context), get('flat.ctx.w')), 1))
  const second = affine(tf.elu(added), get('flat.fc2.w'), get('flat.fc2.b'))
  const skip = affine(flat, get('flat.skip.w'), get('flat.skip.b'))
  const logits = layerNorm(
    tf.add(skip, gated(affine(second, get('flat.glu.w')), get('flat.glu.b'))),
    get('flat.ln.g'),
    get('flat.ln.b'),
  )
  const weights = tf.softmax(logits as tf.Tensor) // [B, T, V]

  const rows = tf.reshape(tf.transpose(x, [2, 0, 1, 3]), [V, B * T, D]) as tf.Tensor3D
  const perVariable = (part: string) => tf.expandDims(get(`var.${part}`), 1) // [V, 1, …]
  const product = (h: tf.Tensor, part: string) => tf.matMul(h as tf.Tensor3D, get(`var.${part}`) as tf.Tensor3D)
  const hidden = tf.elu(tf.add(product(rows, 'fc1.w'), perVariable('fc1.b')))
  const transformed = tf.add(product(hidden, 'fc2.w'), perVariable('fc2.b'))
  const z = tf.add(rows, gated(product(transformed, 'glu.w'), perVariable('glu.b')))
  const { mean, variance } = tf.moments(z, -1, true)
  const normal = tf.mul(tf.sub(z, mean), tf.rsqrt(tf.add(variance, 1e-5)))
  const own = tf.add(tf.mul(normal, perVariable('ln.g')), perVariable('ln.b')) // [V, B·T, D]
  const shares = tf.reshape(tf.transpose(weights, [2, 0, 1]), [V, B * T, 1])
  context.values.set(name, tf.reshape(tf.sum(tf.mul(own, shares), 0), [B, T, D]))
  context.values.set(`${name}.weights`, weights)
}
