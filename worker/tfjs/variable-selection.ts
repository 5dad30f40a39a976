import * as tf from '@tensorflow/tfjs-core'
import type { BlockOf } from '../../models/blocks.ts'
import { affine } from './affine.ts'
import { type BlockContext, type EmbeddedScalars, parameter, value } from './context.ts'
import { gateAddNormOf, gateAddNormParameters } from './gate-add-norm.ts'
import { gatedResidualOf, projectContext } from './gated-residual.ts'
import { split, unstack } from './pieces.ts'

export function variableSelection(context: BlockContext, block: BlockOf<'variableSelection'>): void {
  const embedded = context.embedded.get(block.input)
  if (embedded) selectAmongScalars(context, block, embedded)
  else selectSingle(context, block)
}

/** Without a time axis, one variable `[B, 1, D]` (the static symbol): its weight is a softmax over one logit. */
function selectSingle(context: BlockContext, { name, input, width: D }: BlockOf<'variableSelection'>): void {
  const B = context.batchSize
  const x = tf.reshape(value(context, input), [B, D])
  const weights = tf.softmax(gatedResidualOf(context, `${name}.flat`, x, null, [B, D])) // [B, 1]
  const ofOne: BlockContext = { ...context, parameters: firstCopies(context, `${name}.var.`) }
  context.values.set(name, tf.mul(gatedResidualOf(ofOne, `${name}.var`, x, null, [B, D]), weights))
  context.values.set(`${name}.weights`, weights)
}

function firstCopies({ parameters }: BlockContext, prefix: string): Map<string, tf.Tensor> {
  return new Map(
    [...parameters].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name, tf.squeeze(t, [0])]),
  )
}

function selectAmongScalars(
  context: BlockContext,
  block: BlockOf<'variableSelection'>,
  { scalars, w, b }: EmbeddedScalars,
): void {
  const { name, variables: V, width: D } = block
  const [B, T] = scalars.shape
  const R = B * T
  const get = (part: string) => parameter(context, `${name}.${part}`)
  const x = tf.reshape(scalars, [R, V])

  // the GRN on all variables flattened; embeddings folded into its first layer and its skip: x·fold(w) + fold(b)
  const folded = (part: string, width: number) => {
    const rows = tf.reshape(get(`flat.${part}.w`), [V, D, width]) as tf.Tensor3D
    const matrix = tf.reshape(tf.matMul(tf.expandDims(w, 1) as tf.Tensor3D, rows), [V, width])
    const bias = affine(tf.reshape(b, [1, V * D]), get(`flat.${part}.w`), get(`flat.${part}.b`))
    return affine(x, matrix, tf.reshape(bias, [width]))
  }
  const overTime = (y: tf.Tensor) => tf.reshape(y, [B, T, y.shape[1]!])
  const first = overTime(folded('fc1', D))
  const added = block.context === undefined ? null : projectContext(context, `${name}.flat`, block.context, true)
  const hidden = tf.elu(added ? tf.add(first, added) : first)
  const second = affine(hidden, get('flat.fc2.w'), get('flat.fc2.b'))
  const skip = D === 1 ? tf.add(tf.mul(x, tf.reshape(w, [V])), tf.reshape(b, [V])) : folded('skip', V)
  const logits = gateAddNormOf(
    gateAddNormParameters(context, `${name}.flat`),
    context.dropout(second, [B, 1, D]),
    overTime(skip),
  )
  const weights = tf.softmax(logits) // [B, T, V]

  // each variable through its own GRN; one at a time, since batched products are slow on wasm
  const perVariable = (part: string) => unstack(get(`var.${part}`))
  const [fc1W, fc1B, fc2W, fc2B] = ['fc1.w', 'fc1.b', 'fc2.w', 'fc2.b'].map(perVariable)
  const [gluW, gluB, gain, bias] = ['glu.w', 'glu.b', 'ln.g', 'ln.b'].map(perVariable)
  const columns = split(x, V, 1) // V × [R, 1]
  const shares = split(tf.reshape(weights, [R, V]), V, 1)
  const embeddingW = split(w, V, 0) // V × [1, D]
  const embeddingB = split(b, V, 0)
  const mixed = columns.map((column, v) => {
    const embed = affine(column, embeddingW[v], tf.squeeze(embeddingB[v], [0])) // [R, D]
    const foldedBias = tf.squeeze(affine(embeddingB[v], fc1W[v], fc1B[v]), [0])
    const firstLayer = affine(column, affine(embeddingW[v], fc1W[v]), foldedBias)
    const dropped = context.dropout(overTime(affine(tf.elu(firstLayer), fc2W[v], fc2B[v])), [B, 1, D])
    const transformed = gateAddNormOf(
      { gluW: gluW[v], gluB: gluB[v], gain: gain[v], bias: bias[v] },
      tf.reshape(dropped, [R, D]),
      embed,
    )
    return tf.mul(transformed, shares[v])
  })

  // not addN: on webgpu it binds every input at once, and with more than an adapter's buffers it computes nothing, silently
  const sum = mixed.reduce((total, part) => tf.add(total, part))
  context.values.set(name, tf.reshape(sum, [B, T, D]))
  context.values.set(`${name}.weights`, weights)
}
