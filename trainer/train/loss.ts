import * as tf from '@tensorflow/tfjs'

/** What a batch is trained towards; `z` is a log return in units of ex-ante volatility. */
export interface LossTargets {
  /** z `[B, H]` */
  readonly outcomes: tf.Tensor2D
  /** Log of the volatility realised until the horizon over the ex-ante one, centred `[B, H]`. */
  readonly logVolatility: tf.Tensor2D
  /** The teacher's quantiles of z `[B, H, Q]`; students only. */
  readonly teacher?: tf.Tensor3D
}

export interface LossOptions {
  readonly levels: readonly number[]
  /** Per horizon, 1 / pinball loss of the unconditional quantiles: every horizon counts alike. */
  readonly horizonWeights: readonly number[]
  /** Weight of the auxiliary loss: the head's log-scale should foretell the volatility to come. */
  readonly volatilityWeight: number
  /** Weight of the distance to the teacher, 0 … 1; the rest goes to the outcomes. */
  readonly teacherWeight: number
}

/**
 * Pinball loss over that of the unconditional quantiles, blended with the distance to a teacher, plus the auxiliary
 * volatility loss. 1 means as good as the unconditional quantiles when both other terms are off.
 * @param quantiles of z `[B, H, Q]`
 * @param scale the head's log-scale `[B, H, 1]`, null where the head has none
 */
export function trainingLoss(
  quantiles: tf.Tensor,
  scale: tf.Tensor | null,
  targets: LossTargets,
  { levels, horizonWeights, volatilityWeight, teacherWeight }: LossOptions,
): tf.Scalar {
  const H = horizonWeights.length
  const weights = tf.tensor3d([...horizonWeights], [1, H, 1])
  const level = tf.tensor1d([...levels])
  const error = tf.sub(tf.expandDims(targets.outcomes, -1), quantiles)
  const pinball = tf.mean(tf.mul(tf.maximum(tf.mul(level, error), tf.mul(tf.sub(level, 1), error)), weights))
  let loss = pinball
  if (targets.teacher) {
    // |q − teacher| has about half the size of a pinball loss per unit of error: twice it, to weigh alike
    const distance = tf.mean(tf.mul(tf.abs(tf.sub(quantiles, targets.teacher)), weights))
    loss = tf.add(tf.mul(pinball, 1 - teacherWeight), tf.mul(distance, 2 * teacherWeight))
  }
  if (scale && volatilityWeight > 0) {
    const miss = tf.sub(tf.expandDims(targets.logVolatility, -1), scale)
    loss = tf.add(loss, tf.mul(tf.mean(huber(miss)), volatilityWeight))
  }
  return loss as tf.Scalar
}

/** Quadratic within ±1, linear outside (Huber 1964). */
function huber(x: tf.Tensor): tf.Tensor {
  const size = tf.abs(x)
  const near = tf.minimum(size, 1)
  return tf.mul(near, tf.sub(size, tf.mul(near, 0.5)))
}
