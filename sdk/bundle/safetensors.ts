import { BundleError } from '../errors.ts'

/** A tensor of a safetensors file: row-major, in one of the types that bundles use. */
export type Tensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array }

export type TensorDtype = Tensor['dtype']

const ELEMENT_BYTES: Readonly<Record<TensorDtype, number>> = { F32: 4, I32: 4, I8: 1 }

/** The header's length, a 64-bit little-endian integer, stands before the header. */
const LENGTH_BYTES = 8
/** The reference implementation's limit; a longer header is an attack or a mistake. */
const MAX_HEADER_BYTES = 100_000_000
const METADATA = '__metadata__'

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

/**
 * Reads a safetensors file completely; the tensors are copies.
 * @param where names the file in errors
 * @throws BundleError `TRUNCATED_TENSORS`, `INVALID_TENSOR_HEADER`, `UNSUPPORTED_DTYPE`, `INVALID_TENSOR_LAYOUT`
 * @see https://huggingface.co/docs/safetensors
 */
export function readSafetensors(bytes: Uint8Array, where: string): Map<string, Tensor> {
  const { header, dataStart } = readHeader(bytes, where)
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value, where))
  checkLayout(entries, bytes.length - dataStart, where)
  return new Map(entries.map(entry => [entry.name, copyTensor(entry, bytes, dataStart)]))
}

/** The file's own notes (`__metadata__`), empty where it has none. */
export function readSafetensorsMetadata(bytes: Uint8Array, where: string): Readonly<Record<string, string>> {
  const metadata = readHeader(bytes, where).header[METADATA]
  return isObject(metadata) ? (metadata as Record<string, string>) : {}
}

/**
 * Writes a safetensors file. Wide elements go first and the header is padded, so that every tensor is aligned and can be
 * viewed in place; within a width, the order given is kept.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype])
  const header: Record<string, unknown> = metadata ? { [METADATA]: metadata } : {}
  let dataBytes = 0
  for (const [name, { dtype, shape, data }] of ordered) {
    if (data.length !== elementCount(shape)) {
      throw new BundleError(
        'INVALID_TENSOR_LAYOUT',
        `Tensor '${name}' has ${data.length} values, but its shape [${shape}] holds ${elementCount(shape)}. Give a shape that fits.`,
        { tensor: name, shape, values: data.length },
      )
    }
    header[name] = { dtype, shape, data_offsets: [dataBytes, dataBytes + data.byteLength] }
    dataBytes += data.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES
  const dataStart = LENGTH_BYTES + headerBytes

  const file = new Uint8Array(dataStart + dataBytes).fill(0x20, LENGTH_BYTES, dataStart)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true)
  file.set(json, LENGTH_BYTES)
  let offset = dataStart
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return file
}

interface TensorEntry {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  /** Relative to the end of the header. */
  readonly begin: number
  readonly end: number
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw truncated(where, `it has ${bytes.length} bytes, and the header's length alone takes ${LENGTH_BYTES}`)
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw invalidHeader(where, `its header claims ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`)
  }
  const dataStart = LENGTH_BYTES + Number(length)
  if (dataStart > bytes.length) {
    throw truncated(where, `its header should end at byte ${dataStart}, and the file has ${bytes.length}`)
  }
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), where)
  if (!isObject(header)) throw invalidHeader(where, 'its header is not a JSON object')
  return { header, dataStart }
}

function parseHeader(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw invalidHeader(where, `its header is not JSON in UTF-8 (${(cause as Error).message})`)
  }
}

function readEntry(name: string, value: unknown, where: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {}
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw invalidHeader(
      where,
      `tensor '${name}' is ${JSON.stringify(value)}; expected { dtype, shape: [sizes], data_offsets: [begin, end] }`,
    )
  }
  if (!Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw new BundleError(
      'UNSUPPORTED_DTYPE',
      `${where}: tensor '${name}' has dtype ${dtype}; expected one of ${Object.keys(ELEMENT_BYTES).join(', ')}. Convert it before use.`,
      { file: where, tensor: name, dtype },
    )
  }
  const [begin, end] = offsets
  return { name, dtype: dtype as TensorDtype, shape, begin, end }
}

/** Tensors must tile the data exactly: bytes that nobody claims, or that two claim, could carry anything. */
function checkLayout(entries: readonly TensorEntry[], dataBytes: number, where: string): void {
  let expectedBegin = 0
  for (const { name, dtype, shape, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const needed = elementCount(shape) * ELEMENT_BYTES[dtype]
    const offsets = `[${begin}, ${end}]`
    if (begin < expectedBegin) {
      throw invalidLayout(
        where,
        name,
        `lies at ${offsets} and overlaps the one before it, which ends at ${expectedBegin}`,
      )
    }
    if (begin > expectedBegin) {
      throw invalidLayout(where, name, `lies at ${offsets} and leaves a hole after byte ${expectedBegin}`)
    }
    if (end - begin !== needed) {
      throw invalidLayout(where, name, `lies at ${offsets}, but ${dtype} [${shape}] takes ${needed} bytes`)
    }
    if (end > dataBytes)
      throw truncated(where, `tensor '${name}' lies at ${offsets}, and there are ${dataBytes} data bytes`)
    expectedBegin = end
  }
  if (expectedBegin !== dataBytes) {
    throw new BundleError(
      'INVALID_TENSOR_LAYOUT',
      `${where}: the tensors end at data byte ${expectedBegin}, but there are ${dataBytes}. ${EXPORT_AGAIN}`,
      { file: where, tensorBytes: expectedBegin, dataBytes },
    )
  }
}

function copyTensor({ dtype, shape, begin, end }: TensorEntry, bytes: Uint8Array, dataStart: number): Tensor {
  // Node's Buffer.slice shares memory; constructing a new array copies
  const { buffer } = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end))
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) }
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) }
    case 'I8':
      return { dtype, shape, data: new Int8Array(buffer) }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0)

const EXPORT_AGAIN = 'Download the file again or export it again.'

const truncated = (where: string, what: string) =>
  new BundleError('TRUNCATED_TENSORS', `${where} is truncated: ${what}. ${EXPORT_AGAIN}`, { file: where })

const invalidHeader = (where: string, what: string) =>
  new BundleError('INVALID_TENSOR_HEADER', `${where} is no safetensors file: ${what}. ${EXPORT_AGAIN}`, { file: where })

const invalidLayout = (where: string, tensor: string, what: string) =>
  new BundleError('INVALID_TENSOR_LAYOUT', `${where}: tensor '${tensor}' ${what}. ${EXPORT_AGAIN}`, {
    file: where,
    tensor,
  })
