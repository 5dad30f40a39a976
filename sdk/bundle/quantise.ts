import type { WeightTensor } from '../engine.ts'
import { BundleError } from '../errors.ts'
import { elementCount } from './safetensors.ts'

/** A tensor as int8 with one scale per output channel (the last axis), for each copy on the axes before the matrix. */
export interface QuantisedTensor {
  /** `[…copies, in, out]` */
  readonly shape: readonly number[]
  readonly values: Int8Array
  /** `[…copies, out]`: `weight ≈ value · scale`. */
  readonly scales: Float32Array
}

const LARGEST_INT8 = 127

/** `[…copies, in, out]` → `[…copies, out]`. */
export const scaleShape = (shape: readonly number[]): number[] => [...shape.slice(0, -2), shape.at(-1)!]

/**
 * Symmetric int8 with `scale = max|w| / 127` per output channel; no weight moves by more than half a scale.
 * @throws BundleError `NOT_QUANTISABLE` for tensors without an input axis
 */
export function quantiseInt8(tensor: WeightTensor): QuantisedTensor {
  const { shape, data } = tensor
  if (shape.length < 2) {
    throw new BundleError(
      'NOT_QUANTISABLE',
      `A tensor of shape [${shape}] has no input axis: one scale per output would be as long as the tensor. Keep it as float32.`,
      { shape },
    )
  }
  const values = new Int8Array(data.length)
  const scales = new Float32Array(elementCount(scaleShape(shape)))
  forEachWeight(shape, (i, channel) => {
    scales[channel] = Math.max(scales[channel], Math.abs(data[i]) / LARGEST_INT8)
  })
  forEachWeight(shape, (i, channel) => {
    // A channel of zeros has scale 0, and any value would do.
    const value = scales[channel] === 0 ? 0 : Math.round(data[i] / scales[channel])
    values[i] = Math.max(-LARGEST_INT8, Math.min(LARGEST_INT8, value))
  })
  return { shape, values, scales }
}

export function dequantiseInt8({ shape, values, scales }: QuantisedTensor): WeightTensor {
  const data = new Float32Array(values.length)
  forEachWeight(shape, (i, channel) => {
    data[i] = values[i] * scales[channel]
  })
  return { shape, data, int8: { values, scales } }
}

/** Visits each element with the index of its scale. */
function forEachWeight(shape: readonly number[], visit: (index: number, channel: number) => void): void {
  const outputs = shape.at(-1)!
  const matrix = shape.at(-2)! * outputs
  const elements = elementCount(shape)
  for (let i = 0; i < elements; i++) visit(i, Math.floor(i / matrix) * outputs + (i % outputs))
}
