import type { Network } from '../../models/blocks.ts'
import { BundleError } from '../errors.ts'
import { BUNDLE_FILES, type GoldenWindows } from './bundle.ts'
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts'
import { checkNothingLeft, takeTensor } from './weights.ts'

/** `B` golden windows of a network, by tensor. */
function goldenShapes({ shape }: Network, B: number) {
  const { lookback: L, horizons: H, quantiles: Q, observed: Fo, known: Fk } = shape
  return { observed: [B, L, Fo], known: [B, L + H, Fk], symbols: [B], quantiles: [B, H, Q] }
}

/** Golden windows as a safetensors file. @throws BundleError `INVALID_TENSOR_LAYOUT` when they do not fit the network */
export function encodeGolden({ batch, quantiles }: GoldenWindows, network: Network): Uint8Array {
  const shapes = goldenShapes(network, batch.size)
  return writeSafetensors(
    new Map<string, Tensor>([
      ['observed', { dtype: 'F32', shape: shapes.observed, data: batch.observed }],
      ['known', { dtype: 'F32', shape: shapes.known, data: batch.known }],
      ['symbols', { dtype: 'I32', shape: shapes.symbols, data: batch.symbols }],
      ['quantiles', { dtype: 'F32', shape: shapes.quantiles, data: quantiles }],
    ]),
  )
}

/**
 * @param where names the file in errors
 * @throws BundleError `TENSOR_MISMATCH`, `INVALID_GOLDEN`
 */
export function decodeGolden(
  bytes: Uint8Array,
  manifest: { readonly golden: { readonly windows: number } },
  network: Network,
  where: string = BUNDLE_FILES.golden,
): GoldenWindows {
  const size = manifest.golden.windows
  const shapes = goldenShapes(network, size)
  const tensors = readSafetensors(bytes, where)
  const floats = (name: 'observed' | 'known' | 'quantiles') => {
    const data = takeTensor(tensors, name, 'F32', shapes[name], where)
    return checkValues(name, data, Number.isFinite, 'finite numbers', where)
  }
  const classes = network.shape.symbols
  const codes = takeTensor(tensors, 'symbols', 'I32', shapes.symbols, where)
  const symbols = checkValues('symbols', codes, c => c >= 0 && c < classes, `codes from 0 to ${classes - 1}`, where)
  const golden = {
    batch: { size, observed: floats('observed'), known: floats('known'), symbols },
    quantiles: floats('quantiles'),
  }
  checkNothingLeft(tensors, where)
  return golden
}

/** A NaN here would make every comparison with it pass. */
function checkValues<A extends Float32Array | Int32Array>(
  name: string,
  data: A,
  isValid: (value: number) => boolean,
  expected: string,
  where: string,
): A {
  const index = data.findIndex(value => !isValid(value))
  if (index < 0) return data
  throw new BundleError(
    'INVALID_GOLDEN',
    `${where}: element ${index} of '${name}' is ${data[index]}; expected ${expected}. Export the bundle again.`,
    { file: where, tensor: name, index, value: data[index] },
  )
}
