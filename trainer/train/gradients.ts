import * as tf from '@tensorflow/tfjs'
import type { Network } from '../../models/blocks.ts'
import type { Weights, WindowBatch } from '../../sdk/engine.ts'
import type { Random } from '../../sdk/random.ts'
import { type Dropout, forwardNetwork } from '../../worker/tfjs/network.ts'
import type { OptimisedParameter } from './adam.ts'
import type { Sample } from './dataset.ts'
import { type LossOptions, trainingLoss } from './loss.ts'

export interface GradientStep {
  readonly loss: number
  /** In the order of the parameters. */
  readonly gradients: Float32Array[]
}

export interface GradientOptions {
  readonly network: Network
  readonly loss: LossOptions
  readonly dropoutRate: number
  /** This step's dropout masks are drawn from it. */
  readonly random: Random
  /** The teacher's quantiles `[B, H, Q]`; students only. */
  readonly teacher?: Float32Array | undefined
}

/** Loss and gradients of one batch on the active tfjs backend. */
export async function computeGradients(
  parameters: readonly OptimisedParameter[],
  sample: Sample,
  { network, loss: lossOptions, dropoutRate, random, teacher }: GradientOptions,
): Promise<GradientStep> {
  const B = sample.batch.size
  const { horizons: H, quantiles: Q } = network.shape
  const variables = parameters.map(p => tf.variable(tf.tensor(p.value, [...p.shape]), true, undefined, 'float32'))
  const { value, grads } = tf.variableGrads(() => {
    const values = forwardNetwork(
      network,
      new Map(parameters.map((p, i) => [p.name, variables[i]])),
      inputTensors(sample.batch, network),
      invertedDropout(dropoutRate, random),
    )
    const quantiles = values.get(network.outputs.quantiles)!
    const scale = values.get(`${network.outputs.quantiles}.scale`) ?? null
    return trainingLoss(
      quantiles,
      scale,
      {
        outcomes: tf.tensor2d(sample.outcomes, [B, H]),
        logVolatility: tf.tensor2d(sample.logVolatility, [B, H]),
        ...(teacher ? { teacher: tf.tensor3d(teacher, [B, H, Q]) } : {}),
      },
      lossOptions,
    )
  }, variables)
  const ordered = variables.map(variable => grads[variable.name])
  const [loss, ...gradients] = (await Promise.all([value, ...ordered].map(t => t.data()))) as Float32Array[]
  tf.dispose([value, ...ordered, ...variables])
  return { loss: loss[0], gradients }
}

/** The network's quantiles `[B, H, Q]` on the active backend, without gradients. */
export async function computeQuantiles(network: Network, weights: Weights, batch: WindowBatch): Promise<Float32Array> {
  const quantiles = tf.tidy(() => {
    const parameters = new Map([...weights].map(([name, w]) => [name, tf.tensor(w.data, [...w.shape])]))
    return forwardNetwork(network, parameters, inputTensors(batch, network)).get(network.outputs.quantiles)!
  })
  try {
    return (await quantiles.data()) as Float32Array
  } finally {
    quantiles.dispose()
  }
}

function inputTensors(batch: WindowBatch, { shape }: Network) {
  return {
    observed: tf.tensor3d(batch.observed, [batch.size, shape.lookback, shape.observed]),
    known: tf.tensor3d(batch.known, [batch.size, shape.lookback + shape.horizons, shape.known]),
    symbols: tf.tensor1d(batch.symbols, 'int32'),
  }
}

/** Zeroes a share of the activations and scales up the rest, so that the expectation stays. */
function invertedDropout(rate: number, random: Random): Dropout {
  if (rate === 0) return x => x
  const kept = 1 / (1 - rate)
  return (x, noiseShape) => {
    const mask = new Float32Array(noiseShape.reduce((product, n) => product * n, 1))
    for (let i = 0; i < mask.length; i++) mask[i] = random.uniform() < rate ? 0 : kept
    return tf.mul(x, tf.tensor(mask, noiseShape))
  }
}
