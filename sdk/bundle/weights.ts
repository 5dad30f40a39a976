import { type Network, networkParameters } from '../../models/blocks.ts'
import type { Weights, WeightTensor } from '../engine.ts'
import { BundleError } from '../errors.ts'
import { dequantiseInt8, quantiseInt8, scaleShape } from './quantise.ts'
import { readSafetensors, type Tensor, type TensorDtype, writeSafetensors } from './safetensors.ts'

/** The tensor that holds the scales of an int8 tensor. */
const scaleName = (name: string): string => `${name}.scale`

/**
 * Weights as a safetensors file; those named in `int8` are quantised.
 * @throws BundleError `NON_FINITE_WEIGHT`, `UNKNOWN_TENSOR`, `NOT_QUANTISABLE`
 */
export function encodeWeights(weights: Weights, o: { int8: readonly string[] }): Uint8Array {
  for (const name of o.int8) {
    if (!weights.has(name)) {
      throw new BundleError(
        'UNKNOWN_TENSOR',
        `'${name}' is to be int8, but there is no such weight. There are: ${[...weights.keys()].join(', ')}.`,
        { tensor: name },
      )
    }
  }
  const tensors = new Map<string, Tensor>()
  for (const [name, tensor] of weights) {
    checkFinite(name, tensor.data, 'the weights to write')
    if (o.int8.includes(name)) {
      const { shape, values, scales } = quantiseInt8(tensor)
      tensors.set(name, { dtype: 'I8', shape, data: values })
      tensors.set(scaleName(name), { dtype: 'F32', shape: scaleShape(shape), data: scales })
    } else tensors.set(name, { dtype: 'F32', ...tensor })
  }
  return writeSafetensors(tensors)
}

/**
 * Reads weights back as float32, in the network's order.
 * @param where names the file in errors
 * @throws BundleError `TENSOR_MISMATCH` when names, shapes or dtypes are not those of the network; `NON_FINITE_WEIGHT`
 */
export function decodeWeights(
  bytes: Uint8Array,
  manifest: { readonly quantisation: { readonly int8: readonly string[] } },
  network: Network,
  where = 'weights.safetensors',
): Weights {
  const tensors = readSafetensors(bytes, where)
  const int8 = new Set(manifest.quantisation.int8)
  const weights = new Map<string, WeightTensor>()
  for (const { name, shape } of networkParameters(network)) {
    if (int8.has(name)) {
      const values = takeTensor(tensors, name, 'I8', shape, where)
      const scales = takeTensor(tensors, scaleName(name), 'F32', scaleShape(shape), where)
      weights.set(name, dequantiseInt8({ shape, values, scales }))
    } else weights.set(name, { shape, data: takeTensor(tensors, name, 'F32', shape, where) })
    checkFinite(name, weights.get(name)!.data, where)
  }
  checkNothingLeft(tensors, where)
  return weights
}

type DataOf<D extends TensorDtype> = Extract<Tensor, { dtype: D }>['data']

/**
 * Takes a tensor out of what a file holds, so that what is left over can be refused.
 * @throws BundleError `TENSOR_MISMATCH`
 */
export function takeTensor<D extends TensorDtype>(
  tensors: Map<string, Tensor>,
  name: string,
  dtype: D,
  shape: readonly number[],
  where: string,
): DataOf<D> {
  const tensor = tensors.get(name)
  const expected = `${dtype} [${shape}]`
  const found = tensor ? `${tensor.dtype} [${tensor.shape}]` : 'absent'
  if (tensor === undefined || found !== expected) {
    throw new BundleError(
      'TENSOR_MISMATCH',
      `${where}: tensor '${name}' is ${found}; the manifest's network expects ${expected}. Export the bundle again.`,
      { file: where, tensor: name, found, expected },
    )
  }
  tensors.delete(name)
  return tensor.data as DataOf<D>
}

/** @throws BundleError `TENSOR_MISMATCH` naming the tensors that nothing reads */
export function checkNothingLeft(tensors: ReadonlyMap<string, Tensor>, where: string): void {
  if (tensors.size === 0) return
  const names = [...tensors.keys()]
  throw new BundleError(
    'TENSOR_MISMATCH',
    `${where} has tensors that the manifest's network does not know: ${names.join(', ')}. Export the bundle again.`,
    { file: where, tensors: names },
  )
}

function checkFinite(name: string, data: Float32Array, where: string): void {
  const index = data.findIndex(value => !Number.isFinite(value))
  if (index < 0) return
  throw new BundleError(
    'NON_FINITE_WEIGHT',
    `${where}: element ${index} of '${name}' is ${data[index]}; weights must be finite. The training diverged: lower its learning rate and train again.`,
    { file: where, tensor: name, index, value: data[index] },
  )
}
