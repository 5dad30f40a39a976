import { isMatrix, type ParameterSpec } from '../../models/blocks.ts'

/** One parameter with the optimiser's state. */
export interface OptimisedParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly value: Float32Array
  /** Exponential averages of the gradient and of its square. */
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** Exponential average of the value: what is kept as the trained model. */
  readonly average: Float32Array
  /** Weight decay applies to matrices alone. */
  readonly decayed: boolean
}

export interface AdamOptions {
  readonly learningRate: number
  readonly weightDecay: number
  /** Decay of the average of the weights. */
  readonly averageDecay: number
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

export function optimisedParameter(spec: ParameterSpec, value: Float32Array): OptimisedParameter {
  return {
    name: spec.name,
    shape: spec.shape,
    value: value.slice(),
    firstMoment: new Float32Array(value.length),
    secondMoment: new Float32Array(value.length),
    average: value.slice(),
    decayed: isMatrix(spec),
  }
}

/** Scales all gradients so that their joint Euclidean norm is at most `maxNorm`; returns the norm before. */
export function clipByGlobalNorm(gradients: readonly Float32Array[], maxNorm: number): number {
  let sumOfSquares = 0
  for (const gradient of gradients) for (const g of gradient) sumOfSquares += g * g
  const norm = Math.sqrt(sumOfSquares)
  if (norm > maxNorm) {
    const factor = maxNorm / norm
    for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor
  }
  return norm
}

/**
 * One step of Adam with decoupled weight decay, in place.
 * @param step 1 for the first one
 * @see Kingma & Ba 2015; Loshchilov & Hutter 2019
 */
export function adamStep(
  parameters: readonly OptimisedParameter[],
  gradients: readonly Float32Array[],
  step: number,
  { learningRate, weightDecay, averageDecay }: AdamOptions,
): void {
  const correction1 = 1 - BETA1 ** step
  const correction2 = 1 - BETA2 ** step
  // early on the average follows quickly, so that it does not remember the initialisation
  const keep = Math.min(averageDecay, step / (step + 9))
  parameters.forEach((p, k) => {
    const gradient = gradients[k]!
    const shrink = p.decayed ? 1 - learningRate * weightDecay : 1
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i]!
      const m = BETA1 * p.firstMoment[i]! + (1 - BETA1) * g
      const v = BETA2 * p.secondMoment[i]! + (1 - BETA2) * g * g
      p.firstMoment[i] = m
      p.secondMoment[i] = v
      const update = (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + EPSILON)
      p.value[i] = p.value[i]! * shrink - update
      p.average[i] = keep * p.average[i]! + (1 - keep) * p.value[i]!
    }
  })
}

/** Share of the peak learning rate at `progress` (0 … 1) of the budget: linear warm-up, then cosine to zero. */
export function scheduleFactor(progress: number, warmupFraction: number): number {
  if (progress < warmupFraction) return progress / warmupFraction
  return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)))
}
