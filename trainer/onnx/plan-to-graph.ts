import type {
  GatedResidualOperation,
  LstmOperation,
  Operation,
  Plan,
  ScalarInput,
  SelectionOperation,
} from '../../worker/plan/plan.ts'
import { attention } from './attention.ts'
import { gatedUnit } from './gated-unit.ts'
import { GraphBuilder, type Value } from './graph-builder.ts'
import { type LstmState, lstm, symbolState } from './lstm.ts'
import { mlp } from './mlp.ts'
import type { OnnxGraph } from './model-proto.ts'
import { dense, multiply, ofSymbolOverTime, sliceAxis } from './pieces.ts'
import { quantileHead } from './quantile-head.ts'
import { selection } from './selection.ts'
import { Sequences } from './sequences.ts'

/** A plan as an ONNX graph of standard operators: inputs and outputs as `docs/bundle-format.md` has them. */
export function planToGraph(plan: Plan): OnnxGraph {
  const { lookback: L, horizons: H, quantiles: Q, observed, known } = plan.shape
  const graph = new GraphBuilder()
  const writer = new PlanWriter(graph, plan)
  for (const operation of plan.operations) writer.write(operation)

  graph.output(writer.quantiles, { name: 'quantiles', type: 'float32', shape: ['batch', H, Q] })
  const explained = [
    [plan.explained.attention, 'attention', [H, L + H]],
    [plan.explained.past, 'past_weights', [L, observed + known]],
    [plan.explained.future, 'future_weights', [H, known]],
  ] as const
  for (const [operation, name, shape] of explained) {
    const weights = operation && writer.weights.get(operation)
    if (weights) graph.output(weights, { name, type: 'float32', shape: ['batch', ...shape] })
  }
  return graph.build([
    { name: 'observed', type: 'float32', shape: ['batch', L, observed] },
    { name: 'known', type: 'float32', shape: ['batch', L + H, known] },
    { name: 'symbols', type: 'int64', shape: ['batch'] },
  ])
}

class PlanWriter {
  /** What `explain` reads, by operation. */
  readonly weights = new Map<Operation, Value>()
  quantiles: Value = ''
  private readonly graph: GraphBuilder
  private readonly plan: Plan
  private readonly sequences: Sequences
  private readonly states = new Map<LstmOperation, LstmState>()

  constructor(graph: GraphBuilder, plan: Plan) {
    this.graph = graph
    this.plan = plan
    this.sequences = new Sequences(graph)
  }

  write(operation: Operation): void {
    const value = this.valueOf(operation)
    if ('out' in operation) this.sequences.write(operation.out, value)
    else this.quantiles = value
  }

  private valueOf(operation: Operation): Value {
    const { graph, sequences } = this
    graph.enter(operation.name)
    switch (operation.kind) {
      case 'selection': {
        const { value, weights } = selection(graph, this.scalars(operation), operation)
        this.weights.set(operation, weights)
        return value
      }
      case 'gatedResidual':
        return this.gatedResidual(operation)
      case 'gateAddNorm':
        return gatedUnit(graph, sequences.read(operation.in), sequences.read(operation.skip), operation.unit)
      case 'linear':
        return dense(graph, sequences.read(operation.in), operation.dense)
      case 'lstm': {
        const { value, state } = lstm(graph, sequences.read(operation.in), operation, this.initialState(operation))
        this.states.set(operation, state)
        return value
      }
      case 'attention': {
        const { value, weights } = attention(graph, sequences.read(operation.in), operation)
        this.weights.set(operation, weights)
        return value
      }
      case 'quantileHead':
        return quantileHead(graph, sequences.read(operation.in), operation)
      case 'mlp':
        return mlp(graph, operation)
    }
  }

  private gatedResidual(operation: GatedResidualOperation): Value {
    const { graph } = this
    const x = this.sequences.read(operation.in)
    const first = graph.node('Add', [multiply(graph, x, operation.first), ofSymbolOverTime(graph, operation.firstBias)])
    const skip = operation.skip ? dense(graph, x, operation.skip) : x
    return gatedUnit(graph, graph.node('Elu', [first]), skip, operation.unit)
  }

  private initialState({ initial }: LstmOperation): LstmState {
    if (initial.kind === 'symbol') return symbolState(this.graph, initial.hidden, initial.cell)
    return this.states.get(initial.from)!
  }

  /** The scalars that a selection chooses among, at its steps: `[B, T, V]`. */
  private scalars({ inputs, out }: SelectionOperation): Value {
    const { graph } = this
    const parts = runsOfOneTensor(inputs).map(({ tensor, columns }) => {
      const steps = this.stepsOf(tensor, out.from, out.to)
      const whole = columns.length === this.plan.shape[tensor] && columns.every((column, i) => column === i)
      return whole ? steps : graph.node('Gather', [steps, graph.integers('columns', columns)], { axis: 2 })
    })
    return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: 2 })
  }

  private stepsOf(tensor: 'observed' | 'known', from: number, to: number): Value {
    const { lookback, horizons } = this.plan.shape
    const all = tensor === 'observed' ? lookback : lookback + horizons
    return from === 0 && to === all ? tensor : sliceAxis(this.graph, tensor, 1, from, to)
  }
}

/** Neighbouring inputs from the same tensor, joined. */
function runsOfOneTensor(inputs: readonly ScalarInput[]): { tensor: ScalarInput['tensor']; columns: number[] }[] {
  const runs: { tensor: ScalarInput['tensor']; columns: number[] }[] = []
  for (const { tensor, column } of inputs) {
    const run = runs.at(-1)
    if (run?.tensor === tensor) run.columns.push(column)
    else runs.push({ tensor, columns: [column] })
  }
  return runs
}
