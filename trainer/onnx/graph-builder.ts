import type { Attributes, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './model-proto.ts'

/** The name of a tensor that flows through the graph. */
export type Value = string

/** Collects nodes and constants, and names what they make. */
export class GraphBuilder {
  private readonly nodes: OnnxNode[] = []
  private readonly initializers: OnnxTensor[] = []
  private readonly outputs: OnnxValue[] = []
  private readonly outputNames = new Map<Value, string>()
  private scope = ''

  /** Names of what follows begin with this. */
  enter(scope: string): void {
    this.scope = scope
  }

  /** A node of one output. */
  node(operator: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.nodeOf(1, operator, inputs, attributes)[0] as Value
  }

  /** A node of several outputs. */
  nodeOf(count: number, operator: string, inputs: readonly Value[], attributes: Attributes = {}): Value[] {
    const name = `${this.scope}/${operator}_${this.nodes.length}`
    const outputs = count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}:${i}`)
    this.nodes.push({ operator, name, inputs, outputs, attributes })
    return outputs
  }

  /** Rounded to float32. */
  floats(part: string, data: ArrayLike<number>, shape: readonly number[]): Value {
    return this.constant(part, Float32Array.from(data), shape)
  }

  /** A vector of whole numbers: a shape, axes, or indices. */
  integers(part: string, values: readonly number[]): Value {
    return this.constant(part, BigInt64Array.from(values, BigInt), [values.length])
  }

  private constant(part: string, data: OnnxTensor['data'], shape: readonly number[]): Value {
    const name = `${this.scope}/${part}_${this.initializers.length}`
    this.initializers.push({ name, shape, data })
    return name
  }

  /** Makes a value an output of the graph, under a name that users ask for. */
  output(value: Value, output: OnnxValue): void {
    this.outputs.push(output)
    this.outputNames.set(value, output.name)
  }

  build(inputs: readonly OnnxValue[]): OnnxGraph {
    const rename = (value: Value) => this.outputNames.get(value) ?? value
    const nodes = this.nodes.map(node => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }))
    return { nodes, initializers: this.initializers, inputs, outputs: this.outputs }
  }
}
