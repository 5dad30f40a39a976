import { createRandom } from '../../sdk/random.ts'
import { adamStep, clipByGlobalNorm, optimisedParameter, scheduleFactor } from '../train/adam.ts'
import { shuffled } from './candidates.ts'

/**
 * A small network for comparing sets of inputs: a hidden layer and a linear path beside it give each horizon's location m
 * and log-scale g, and its quantiles are `m + exp(g)·c`, with c the unconditional ones. It trains in tenths of a second, and
 * an input that is added starts with weights of 0, so that two sets differ by what the new input has taught alone.
 */

export interface ProbeSettings {
  readonly hidden: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
}

export const PROBE: ProbeSettings = { hidden: 16, epochs: 2, batchSize: 256, learningRate: 0.002 }

/** Rows of standardised inputs with their outcomes. */
export interface ProbeRows {
  readonly length: number
  /** `[N, F]` */
  readonly inputs: Float32Array
  /** `[N, H]`, in units of ex-ante volatility */
  readonly outcomes: Float32Array
}

export interface ProbeTask {
  readonly levels: readonly number[]
  /** Unconditional quantiles of the outcomes, `[H][Q]`, ascending. */
  readonly quantiles: readonly (readonly number[])[]
  /** Per horizon, 1 / mean pinball loss of those. */
  readonly weights: readonly number[]
  /** The first so many inputs start with random weights, the others at 0. */
  readonly baseInputs: number
  readonly inputs: number
  readonly seed: number
}

const LARGEST_LOG_SCALE = 3
const AVERAGE_DECAY = 0.99
const WARMUP_FRACTION = 0.05
const CLIP_NORM = 1
const WEIGHT_DECAY = 1e-4

export class ProbeNetwork {
  readonly #task: ProbeTask
  readonly #settings: ProbeSettings
  readonly #outputs: number
  readonly #parameters
  readonly #gradients: readonly Float32Array[]
  /** One row's values on their way through. */
  readonly #hidden: Float64Array
  readonly #out: Float64Array
  readonly #outGradient: Float64Array

  constructor(task: ProbeTask, settings: ProbeSettings = PROBE) {
    this.#task = task
    this.#settings = settings
    this.#outputs = 2 * task.quantiles.length
    const { hidden } = settings
    const random = createRandom(task.seed, 'weights')
    const drawn = (rows: number, columns: number, filled: number, scale: number) => {
      const values = new Float32Array(rows * columns)
      // column by column, so that further inputs leave the draws of the others as they are
      for (let c = 0; c < filled; c++) for (let r = 0; r < rows; r++) values[r * columns + c] = random.normal() * scale
      return values
    }
    const { inputs, baseInputs } = task
    const O = this.#outputs
    const shapes: [string, number[], Float32Array][] = [
      ['hidden.weight', [hidden, inputs], drawn(hidden, inputs, baseInputs, 1 / Math.sqrt(Math.max(1, baseInputs)))],
      ['hidden.bias', [hidden], new Float32Array(hidden)],
      ['out.weight', [O, hidden], drawn(O, hidden, hidden, 0.1 / Math.sqrt(hidden))],
      ['out.bias', [O], new Float32Array(O)],
      ['direct.weight', [O, inputs], new Float32Array(O * inputs)],
    ]
    this.#parameters = shapes.map(([name, shape, value]) =>
      optimisedParameter({ name, shape, init: shape.length > 1 ? 'glorotUniform' : 'zeros' }, value),
    )
    this.#gradients = shapes.map(([, , value]) => new Float32Array(value.length))
    this.#hidden = new Float64Array(hidden)
    this.#out = new Float64Array(O)
    this.#outGradient = new Float64Array(O)
  }

  train(rows: ProbeRows): void {
    const { epochs, batchSize, learningRate } = this.#settings
    const random = createRandom(this.#task.seed, 'order')
    const perEpoch = Math.ceil(rows.length / batchSize)
    const weights = this.#parameters.map(p => p.value)
    const options = { weightDecay: WEIGHT_DECAY, averageDecay: AVERAGE_DECAY }
    let order: number[] = Array.from({ length: rows.length }, (_, i) => i)
    for (let step = 0; step < epochs * perEpoch; step++) {
      const batch = step % perEpoch
      if (batch === 0) order = shuffled(order, random)
      for (const gradient of this.#gradients) gradient.fill(0)
      const [from, to] = [batch * batchSize, Math.min(rows.length, (batch + 1) * batchSize)]
      for (let i = from; i < to; i++) this.#learn(weights, rows, order[i], 1 / (to - from))
      clipByGlobalNorm(this.#gradients, CLIP_NORM)
      const factor = scheduleFactor((step + 1) / (epochs * perEpoch), WARMUP_FRACTION)
      adamStep(this.#parameters, this.#gradients, step + 1, { ...options, learningRate: learningRate * factor })
    }
  }

  /** Pinball loss of each row over that of the unconditional quantiles, mean of the horizons. `[N]` */
  losses(rows: ProbeRows): Float64Array {
    const weights = this.#parameters.map(p => p.average)
    return Float64Array.from({ length: rows.length }, (_, row) => {
      this.#forward(weights, rows.inputs, row)
      return this.#loss(rows.outcomes, row)
    })
  }

  #forward(
    [first, firstBias, second, secondBias, direct]: readonly Float32Array[],
    x: Float32Array,
    row: number,
  ): void {
    const F = this.#task.inputs
    const K = this.#settings.hidden
    const start = row * F
    for (let k = 0; k < K; k++) {
      let sum = firstBias[k]
      for (let f = 0, at = k * F; f < F; f++, at++) sum += first[at] * x[start + f]
      this.#hidden[k] = Math.tanh(sum)
    }
    for (let o = 0; o < this.#outputs; o++) {
      let sum = secondBias[o]
      for (let k = 0; k < K; k++) sum += second[o * K + k] * this.#hidden[k]
      for (let f = 0, at = o * F; f < F; f++, at++) sum += direct[at] * x[start + f]
      this.#out[o] = sum
    }
  }

  /** The loss of the row that has just gone forward; fills the gradient at the outputs. */
  #loss(outcomes: Float32Array, row: number): number {
    const { levels, quantiles, weights } = this.#task
    const H = quantiles.length
    let loss = 0
    for (let h = 0; h < H; h++) {
      const y = outcomes[row * H + h]
      const g = this.#out[2 * h + 1]
      const bounded = Math.min(LARGEST_LOG_SCALE, Math.max(-LARGEST_LOG_SCALE, g))
      const scale = Math.exp(bounded)
      const share = weights[h] / (levels.length * H)
      let location = 0
      let logScale = 0
      for (let q = 0; q < levels.length; q++) {
        const error = y - (this.#out[2 * h] + scale * quantiles[h][q])
        const slope = error >= 0 ? -levels[q] : 1 - levels[q]
        loss -= slope * error * share
        location += slope * share
        logScale += slope * share * scale * quantiles[h][q]
      }
      this.#outGradient[2 * h] = location
      this.#outGradient[2 * h + 1] = bounded === g ? logScale : 0
    }
    return loss
  }

  #learn(weights: readonly Float32Array[], { inputs, outcomes }: ProbeRows, row: number, share: number): void {
    this.#forward(weights, inputs, row)
    this.#loss(outcomes, row)
    const [first, firstBias, second, secondBias, direct] = this.#gradients
    const F = this.#task.inputs
    const K = this.#settings.hidden
    const start = row * F
    for (let o = 0; o < this.#outputs; o++) {
      const gradient = this.#outGradient[o] * share
      secondBias[o] += gradient
      for (let k = 0; k < K; k++) second[o * K + k] += gradient * this.#hidden[k]
      for (let f = 0, at = o * F; f < F; f++, at++) direct[at] += gradient * inputs[start + f]
    }
    for (let k = 0; k < K; k++) {
      let gradient = 0
      for (let o = 0; o < this.#outputs; o++) gradient += this.#outGradient[o] * weights[2][o * K + k]
      gradient *= share * (1 - this.#hidden[k] * this.#hidden[k])
      firstBias[k] += gradient
      for (let f = 0, at = k * F; f < F; f++, at++) first[at] += gradient * inputs[start + f]
    }
  }
}
