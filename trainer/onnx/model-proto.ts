import { bytes, type Field, float, integer, message, repeated, text } from './protobuf.ts'

/**
 * The messages of ONNX that a model for inference needs, with the field numbers of its schema.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export interface OnnxModel {
  readonly name: string
  /** One paragraph for people. */
  readonly description: string
  readonly graph: OnnxGraph
  readonly metadata: Readonly<Record<string, string>>
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  /** Constants by name. */
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

export interface OnnxNode {
  readonly operator: string
  readonly name: string
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** By name: whole numbers unless written as `{ float }`. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>

export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface OnnxValue {
  readonly name: string
  readonly type: 'float32' | 'int64'
  /** A name stands for a length that is free, such as the batch's. */
  readonly shape: readonly (number | string)[]
}

/** LayerNormalization came with 17; IR version 8 is that opset's. */
export const OPSET = 17
const IR_VERSION = 8

const DATA_TYPE = { float32: 1, int64: 7 } as const
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const

/** The bytes of a `.onnx` file. */
export const encodeModel = (model: OnnxModel): Uint8Array =>
  message(
    integer(1, IR_VERSION),
    text(2, 'edgequant-trainer'),
    text(6, model.description),
    bytes(7, encodeGraph(model)),
    bytes(8, message(integer(2, OPSET))),
    repeated(Object.entries(model.metadata), ([key, value]) => bytes(14, message(text(1, key), text(2, value)))),
  )

const encodeGraph = ({ name, graph }: OnnxModel): Uint8Array =>
  message(
    repeated(graph.nodes, node => bytes(1, encodeNode(node))),
    text(2, name),
    repeated(graph.initializers, tensor => bytes(5, encodeTensor(tensor))),
    repeated(graph.inputs, value => bytes(11, encodeValue(value))),
    repeated(graph.outputs, value => bytes(12, encodeValue(value))),
  )

const encodeNode = (node: OnnxNode): Uint8Array =>
  message(
    repeated(node.inputs, input => text(1, input)),
    repeated(node.outputs, output => text(2, output)),
    text(3, node.name),
    text(4, node.operator),
    repeated(Object.entries(node.attributes), ([name, value]) => bytes(5, encodeAttribute(name, value))),
  )

function encodeAttribute(name: string, value: Attributes[string]): Uint8Array {
  const [type, field]: [number, Field] =
    typeof value === 'number'
      ? [ATTRIBUTE_TYPE.int, integer(3, value)]
      : 'float' in value
        ? [ATTRIBUTE_TYPE.float, float(2, value.float)]
        : [ATTRIBUTE_TYPE.ints, repeated(value, n => integer(8, n))]
  return message(text(1, name), field, integer(20, type))
}

function encodeTensor({ name, shape, data }: OnnxTensor): Uint8Array {
  const type = data instanceof Float32Array ? DATA_TYPE.float32 : DATA_TYPE.int64
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return message(
    repeated(shape, n => integer(1, n)),
    integer(2, type),
    text(8, name),
    bytes(9, raw),
  )
}

function encodeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const dimension = (n: number | string) => message(typeof n === 'number' ? integer(1, n) : text(2, n))
  const tensorType = message(
    integer(1, DATA_TYPE[type]),
    bytes(2, message(repeated(shape, n => bytes(1, dimension(n))))),
  )
  return message(text(1, name), bytes(2, message(bytes(1, tensorType))))
}
