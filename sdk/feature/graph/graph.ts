/**
 * A graph of series. Features are written as series made of series; asking twice for the same one gives the same node, so
 * that whatever features share is computed once. A node computes any number of new rows at a time from what it keeps of
 * the rows before: a batch is a few long chunks, a stream many short ones, and the values are the same bits.
 */

/**
 * Where the rows of a series lie: the candles of one symbol, the ticks of the clock that all symbols share, or a union, the
 * ticks at which one of some symbols has a candle.
 */
export interface Axis {
  /** Among `graph.axes`; of a union, among `graph.unions`. */
  readonly index: number
  /** null: the clock or a union. */
  readonly symbol: string | null
  /** Whose candles make up a union. */
  readonly members?: readonly Axis[]
}

/** The new rows of an axis. */
export interface AxisRows {
  count: number
  /** Opening time of each row's candle, UTC ms. */
  openTimeMs: Float64Array
  /** Index of each row's tick among the chunk's ticks. */
  tick: Int32Array
}

/**
 * Fills `out[0 … count − 1]` for the new rows. Inputs on the same axis hold the same rows.
 * @param inputRows the new rows of each input's axis, for those on another axis
 */
export type Step = (
  out: Float64Array,
  inputs: readonly Float64Array[],
  rows: AxisRows,
  inputRows: readonly AxisRows[],
) => void

/** A series as features handle it: NaN where it has no value. */
export interface Series {
  readonly graph: Graph
  readonly id: number
  readonly axis: Axis
  /** Leading rows of an axis without a value. */
  readonly warmupRows: number
  /**
   * Rows before a row that its value depends on; further back, history changes nothing. Made of series of other axes:
   * as long as their symbols lack no more than `CANDLES_LACKING` of the candles in this time.
   */
  readonly memoryRows: number
  /** False where what lies before `memoryRows` still moves the last digits, as in recursive indicators. */
  readonly exactMemory: boolean
  /** Leading rows at which values are there, but are too young to be trusted. */
  readonly settlingRows: number
}

/** How a node makes its rows of those of its inputs. */
export interface Operation {
  /** Names the operation and its parameters: the same key on the same inputs is the same series. */
  readonly key: string
  readonly inputs: readonly Series[]
  /** Default: that of the first input. */
  readonly axis?: Axis
  /** Rows needed beyond those of the inputs; default 0. */
  readonly lookbackRows?: number
  /** Of these, rows needed for a first value; default `lookbackRows`. */
  readonly firstValueRows?: number
  readonly exactMemory?: boolean
  readonly settlingRows?: number
  /** Begins with no history; called once per run. */
  start(rows: { readonly stepMs: number }): Step
}

/** Where a source column enters the graph. */
export interface SourceNode {
  readonly id: number
  readonly axis: Axis
  readonly input: string
}

export interface GraphNode extends Series {
  readonly operation: Operation
}

const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)

export class Graph {
  readonly clock: Axis = { index: 0, symbol: null }
  /** The clock, then the symbols. */
  readonly axes: Axis[] = [this.clock]
  /** Filled by whoever runs the graph from the rows of the symbols. */
  readonly unions: Axis[] = []
  /** In an order in which inputs come before what is made of them. */
  readonly nodes: GraphNode[] = []
  readonly sources: SourceNode[] = []
  readonly #byKey = new Map<string, GraphNode>()
  /** Whose operations are added; none: EdgeQuant's own. */
  #owner = ''

  axisOf(symbol: string): Axis {
    const known = this.axes.find(axis => axis.symbol === symbol)
    if (known) return known
    const axis = { index: this.axes.length, symbol }
    this.axes.push(axis)
    return axis
  }

  /** The ticks at which at least one of the symbols has a candle, whatever else is on the clock. */
  unionOf(symbols: readonly string[]): Axis {
    const members = [...new Set(symbols)].map(symbol => this.axisOf(symbol))
    const known = this.unions.find(
      union => union.members?.length === members.length && members.every(axis => union.members?.includes(axis)),
    )
    if (known) return known
    const union = { index: this.unions.length, symbol: null, members }
    this.unions.push(union)
    return union
  }

  /** A column that whoever runs the graph provides. */
  source(axis: Axis, input: string): Series {
    const operation: Operation = { key: `source ${axis.index} ${input}`, inputs: [], axis, start: () => () => {} }
    const before = this.nodes.length
    const series = this.ownedBy('', () => this.add(operation))
    if (this.nodes.length > before) this.sources.push({ id: series.id, axis, input })
    return series
  }

  /** Keeps the keys of what `make` adds apart from those of others, who may use the same for something else. */
  ownedBy(owner: string, make: () => Series): Series {
    const before = this.#owner
    this.#owner = owner
    try {
      return make()
    } finally {
      this.#owner = before
    }
  }

  add(operation: Operation): Series {
    const axis = operation.axis ?? operation.inputs[0].axis
    const key = `${this.#owner}: ${operation.key} @${axis.members ? 'union ' : ''}${axis.index} (${operation.inputs.map(input => input.id).join(',')})`
    const known = this.#byKey.get(key)
    if (known) return known
    const { inputs, lookbackRows = 0, firstValueRows = lookbackRows, exactMemory = true, settlingRows = 0 } = operation
    const node: GraphNode = {
      graph: this,
      id: this.nodes.length,
      axis,
      operation,
      warmupRows: largest(inputs.map(input => input.warmupRows)) + firstValueRows,
      memoryRows: largest(inputs.map(input => input.memoryRows)) + lookbackRows,
      exactMemory: exactMemory && inputs.every(input => input.exactMemory),
      settlingRows: Math.max(settlingRows, largest(inputs.map(input => input.settlingRows))),
    }
    this.#byKey.set(key, node)
    this.nodes.push(node)
    return node
  }
}
