import type { Network } from '../../models/blocks.ts'
import { EdgeQuantError } from '../../sdk/errors.ts'
import { createRandom } from '../../sdk/random.ts'
import { adamStep, clipByGlobalNorm, type OptimisedParameter, scheduleFactor } from './adam.ts'
import { type Dataset, type Sample, takeSample } from './dataset.ts'
import { computeGradients } from './gradients.ts'
import type { LossOptions } from './loss.ts'
import { permutation } from './permutation.ts'

/** What a training run remembers between steps; enough to go on exactly where it stopped. */
export interface OptimiserState {
  readonly parameters: OptimisedParameter[]
  /** Steps done. */
  step: number
  /** Seconds spent in steps so far, interruptions not counted. */
  seconds: number
}

export interface TrainingProgress {
  readonly step: number
  readonly maxSteps: number
  /** 0 … 1: the larger of the shares of steps and of seconds used. */
  readonly fraction: number
  /** Running mean over about the last 20 batches. */
  readonly loss: number
  readonly gradientNorm: number
  readonly learningRate: number
  readonly samplesPerSecond: number
  readonly etaSeconds: number
}

export interface OptimiseOptions {
  readonly network: Network
  readonly loss: LossOptions
  readonly seed: number
  readonly dropout: number
  readonly batchSize: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly clipNorm: number
  readonly maxSteps: number
  readonly maxSeconds: number
  readonly warmupFraction: number
  readonly averageDecay: number
  /** The teacher's quantiles for a batch, `[B, H, Q]`. */
  readonly teach?: (sample: Sample) => Promise<Float32Array>
  readonly onStep?: (progress: TrainingProgress) => void
  /** Called now and then, at the end, and when the signal fires. */
  readonly saveCheckpoint?: (state: OptimiserState) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/** A training step whose loss or gradient is not finite: nothing after it would mean anything. */
export class TrainingError extends EdgeQuantError {
  static override readonly errorName = 'TrainingError'
}

const CHECKPOINT_SECONDS = 20

/**
 * Trains in place until the steps or the seconds are used up, or the signal fires (the state is saved then).
 * Batches are drawn from a seeded permutation of the training windows per epoch, so that the step number alone says
 * which windows come next.
 * @returns true when the budget was used up, false when the signal ended it early
 * @throws TrainingError `NON_FINITE_LOSS` with the step and the extremes of the inputs
 */
export async function optimise(dataset: Dataset, state: OptimiserState, options: OptimiseOptions): Promise<boolean> {
  const { batchSize, maxSteps, maxSeconds, seed } = options
  const nextBatch = batchOrder(dataset.train.length, batchSize, seed)
  let lastSavedAt = state.seconds
  let runningLoss = Number.NaN

  while (state.step < maxSteps && state.seconds < maxSeconds) {
    if (options.signal?.aborted) {
      await options.saveCheckpoint?.(state)
      return false
    }
    const startMs = performance.now()
    const fraction = Math.max(state.step / maxSteps, state.seconds / maxSeconds)
    const learningRate = options.learningRate * scheduleFactor(fraction, options.warmupFraction)
    const sample = takeSample(dataset, dataset.train, nextBatch(state.step))
    const teacher = await options.teach?.(sample)
    const { loss, gradients } = await computeGradients(state.parameters, sample, {
      network: options.network,
      loss: options.loss,
      dropoutRate: options.dropout,
      random: createRandom(seed, `dropout ${state.step}`),
      teacher,
    })
    const gradientNorm = clipByGlobalNorm(gradients, options.clipNorm)
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw nonFinite(loss, gradientNorm, state.step, sample)

    adamStep(state.parameters, gradients, state.step + 1, {
      // the very first step of a warm-up would otherwise do nothing
      learningRate: Math.max(learningRate, options.learningRate / maxSteps),
      weightDecay: options.weightDecay,
      averageDecay: options.averageDecay,
    })
    state.step++
    state.seconds += (performance.now() - startMs) / 1000
    runningLoss = Number.isNaN(runningLoss) ? loss : 0.95 * runningLoss + 0.05 * loss

    const done = Math.max(state.step / maxSteps, state.seconds / maxSeconds)
    options.onStep?.({
      step: state.step,
      maxSteps,
      fraction: Math.min(1, done),
      loss: runningLoss,
      gradientNorm,
      learningRate,
      samplesPerSecond: (state.step * batchSize) / state.seconds,
      etaSeconds: Math.max(0, state.seconds / done - state.seconds),
    })
    if (state.seconds - lastSavedAt > CHECKPOINT_SECONDS) {
      await options.saveCheckpoint?.(state)
      lastSavedAt = state.seconds
    }
    // tfjs on wasm never yields by itself: let signals and timers in
    await new Promise(resolve => setImmediate(resolve))
  }
  await options.saveCheckpoint?.(state)
  return true
}

/** Rows of the batch of each step: consecutive slices of a new permutation per epoch, the last slice cut short. */
function batchOrder(windows: number, batchSize: number, seed: number): (step: number) => Int32Array {
  const batchesPerEpoch = Math.max(1, Math.floor(windows / batchSize))
  let epoch = -1
  let order: Int32Array = new Int32Array(0)
  return step => {
    const wanted = Math.floor(step / batchesPerEpoch)
    if (wanted !== epoch) {
      epoch = wanted
      order = permutation(windows, createRandom(seed, `epoch ${epoch}`))
    }
    const start = (step % batchesPerEpoch) * batchSize
    return order.subarray(start, start + batchSize)
  }
}

function nonFinite(loss: number, gradientNorm: number, step: number, { batch, outcomes }: Sample): TrainingError {
  const range = (values: Float32Array) => {
    let [low, high, odd] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    for (const x of values) {
      if (!Number.isFinite(x)) odd++
      else [low, high] = [Math.min(low, x), Math.max(high, x)]
    }
    return { low, high, nonFinite: odd }
  }
  const inputs = { observed: range(batch.observed), known: range(batch.known), outcomes: range(outcomes) }
  const shown = Object.entries(inputs).map(([k, r]) => `${k} ${r.low} … ${r.high} (${r.nonFinite} non-finite)`)
  return new TrainingError(
    'NON_FINITE_LOSS',
    `Loss ${loss} and gradient norm ${gradientNorm} at step ${step}. Inputs: ${shown.join('; ')}. Lower the learning rate, or look at the data named here.`,
    { loss: String(loss), gradientNorm: String(gradientNorm), step, inputs },
  )
}
