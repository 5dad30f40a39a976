import type { Block, BlockKind, BlockOf, Network } from '../../models/blocks.ts'
import type { Weights } from '../../sdk/engine.ts'
import { gatedUnitOf } from './gated-unit.ts'
import { denseOf, matrixOf, multiply, row, sum, vectorOf } from './matrix.ts'
import type { HeadForm, LstmOperation, Plan, SymbolVectors } from './plan.ts'
import { selectionOperation } from './plan-selection.ts'
import {
  embeddingVectors,
  gateAddNormVectors,
  gatedResidualVectors,
  linearVectors,
  selectedVectors,
} from './plan-static.ts'
import { Planner, unsupported } from './planner.ts'
import { constantVector, mapSymbols } from './symbol-vectors.ts'

/**
 * Compiles a network with its weights for the fused engines.
 * @param o `fold`: multiply matrices that follow each other without a nonlinearity into one. Cheaper to run; but a product
 *   is no longer the int8 that the bundle holds, so an engine that computes with that leaves them apart.
 * @throws EngineError `UNSUPPORTED_NETWORK` naming the block
 */
export function compilePlan(network: Network, weights: Weights, o: { readonly fold: boolean }): Plan {
  const planner = new Planner(network, weights, o.fold)
  for (const block of network.blocks) {
    const plan = PLANNERS[block.block] as (planner: Planner, block: Block) => void
    plan(planner, block)
  }
  const { buffers, operations } = planner
  const last = operations.at(-1)
  if (!last || last.name !== network.outputs.quantiles || !('quantiles' in last)) {
    throw unsupported(
      network.blocks.at(-1)!,
      `the network's output '${network.outputs.quantiles}' is no quantile head at its end`,
    )
  }
  const find = <K extends 'attention' | 'selection'>(kind: K, weightsName: string | undefined) =>
    operations.find(op => op.kind === kind && `${op.name}.weights` === weightsName) as
      | Extract<Plan['operations'][number], { kind: K }>
      | undefined
  const attention = find('attention', network.outputs.attention)
  const past = find('selection', network.outputs.pastWeights)
  const future = find('selection', network.outputs.futureWeights)
  return {
    shape: network.shape,
    buffers,
    operations,
    explained: { ...(attention && { attention }), ...(past && { past }), ...(future && { future }) },
  }
}

const PLANNERS: { [K in BlockKind]: (planner: Planner, block: BlockOf<K>) => void } = {
  embedding(planner, block) {
    planner.set(block.name, { kind: 'symbol', vectors: embeddingVectors(planner, block) })
  },

  variableEmbedding(planner, block) {
    const { tensor } = planner.expect(block, block.input, 'input')
    if (tensor === 'symbols') throw unsupported(block, 'symbols are codes, not scalars')
    const { lookback, horizons } = planner.network.shape
    const scalars = Array.from({ length: block.variables }, (_, column) => ({
      tensor,
      column,
      embedding: vectorOf(planner.weights, `${block.name}.w`, column),
      offset: vectorOf(planner.weights, `${block.name}.b`, column),
    }))
    const to = tensor === 'observed' ? lookback : lookback + horizons
    planner.set(block.name, { kind: 'scalars', scalars, from: 0, to })
  },

  slice(planner, block) {
    const value = planner.get(block.input)
    if (value.kind === 'scalars') {
      planner.set(block.name, { ...value, from: value.from + block.from, to: value.from + block.to })
    } else {
      const { span, stage } = planner.expect(block, block.input, 'sequence')
      const sliced = { buffer: span.buffer, from: span.from + block.from, to: span.from + block.to }
      planner.set(block.name, { kind: 'sequence', span: sliced, stage })
    }
  },

  concat(planner, block) {
    if (block.axis === 'variable') joinVariables(planner, block)
    else joinSequences(planner, block)
  },

  variableSelection(planner, block) {
    const { weights, fold } = planner
    const input = planner.get(block.input)
    if (input.kind === 'symbol') {
      planner.set(block.name, { kind: 'symbol', vectors: selectedVectors(planner, block, input.vectors) })
      return
    }
    const { scalars, from, to } = planner.expect(block, block.input, 'scalars')
    const context = block.context === undefined ? null : planner.expect(block, block.context, 'symbol').vectors
    const out = planner.span(block.name, block.width, from, to)
    planner.operations.push(selectionOperation(block, { scalars, context, out, weights, fold }))
    planner.set(block.name, { kind: 'sequence', span: out, stage: 'step' })
  },

  gatedResidual(planner, block) {
    const { weights, fold } = planner
    const input = planner.get(block.input)
    if (input.kind === 'symbol') {
      planner.set(block.name, { kind: 'symbol', vectors: gatedResidualVectors(planner, block, input.vectors) })
      return
    }
    const { span, stage } = planner.expect(block, block.input, 'sequence')
    const out = planner.span(block.name, block.width, span.from, span.to)
    const first = denseOf(weights, `${block.name}.fc1`)
    planner.operations.push({
      kind: 'gatedResidual',
      name: block.name,
      stage,
      in: span,
      out,
      first: first.matrix,
      firstBias: biasWithContext(planner, block, first.bias),
      ...(weights.has(`${block.name}.skip.w`) ? { skip: denseOf(weights, `${block.name}.skip`) } : {}),
      unit: gatedUnitOf(weights, block.name, { before: denseOf(weights, `${block.name}.fc2`), fold }),
    })
    planner.set(block.name, { kind: 'sequence', span: out, stage })
  },

  gateAddNorm(planner, block) {
    const { weights, fold } = planner
    const input = planner.get(block.input)
    if (input.kind === 'symbol') {
      planner.set(block.name, { kind: 'symbol', vectors: gateAddNormVectors(planner, block, input.vectors) })
      return
    }
    const skip = planner.expect(block, block.skip, 'sequence')
    const source = input.kind === 'attended' ? null : planner.expect(block, block.input, 'sequence')
    const span = input.kind === 'attended' ? input.operation.out : source!.span
    if (span.from !== skip.span.from || span.to !== skip.span.to) {
      throw unsupported(
        block,
        `its input covers the steps ${span.from} … ${span.to}, its skip ${skip.span.from} … ${skip.span.to}`,
      )
    }
    const stage = source?.stage === 'step' && skip.stage === 'step' ? 'step' : 'window'
    const out = planner.span(block.name, block.width, span.from, span.to)
    const before = input.kind === 'attended' ? input.projection : undefined
    planner.operations.push({
      kind: 'gateAddNorm',
      name: block.name,
      stage,
      in: span,
      skip: skip.span,
      out,
      unit: gatedUnitOf(weights, block.name, { before, fold }),
    })
    planner.set(block.name, { kind: 'sequence', span: out, stage })
  },

  linear(planner, block) {
    const input = planner.get(block.input)
    if (input.kind === 'symbol') {
      planner.set(block.name, { kind: 'symbol', vectors: linearVectors(planner, block, input.vectors) })
      return
    }
    const { span, stage } = planner.expect(block, block.input, 'sequence')
    const out = planner.span(block.name, block.width, span.from, span.to)
    const dense = denseOf(planner.weights, block.name)
    planner.operations.push({ kind: 'linear', name: block.name, stage, in: span, out, dense })
    planner.set(block.name, { kind: 'sequence', span: out, stage })
  },

  lstm(planner, block) {
    const { weights } = planner
    const { span, stage } = planner.expect(block, block.input, 'sequence')
    const out = planner.span(block.name, block.width, span.from, span.to)
    const operation: LstmOperation = {
      kind: 'lstm',
      name: block.name,
      stage: 'window',
      inputStage: stage,
      in: span,
      out,
      width: block.width,
      input: { matrix: matrixOf(weights, `${block.name}.wIh`), bias: vectorOf(weights, `${block.name}.b`) },
      recurrent: matrixOf(weights, `${block.name}.wHh`),
      initial: initialState(planner, block),
    }
    planner.operations.push(operation)
    planner.set(block.name, { kind: 'sequence', span: out, stage: 'window' })
    planner.set(`${block.name}.hidden`, { kind: 'state', of: operation, part: 'hidden' })
    planner.set(`${block.name}.cell`, { kind: 'state', of: operation, part: 'cell' })
  },

  attention(planner, block) {
    const { weights } = planner
    const { span } = planner.expect(block, block.input, 'sequence')
    const depth = block.width / block.heads
    const projection = { matrix: matrixOf(weights, `${block.name}.wo`), bias: new Float64Array(block.width) }
    const readers = planner.readersOf(block.name)
    const only = readers.length === 1 ? readers[0] : undefined
    const readerTakesProjection = only?.block === 'gateAddNorm' && only.input === block.name
    const out = planner.span(`${block.name}.heads`, depth, span.to - block.queries, span.to)
    const operation = {
      kind: 'attention',
      name: block.name,
      stage: 'window',
      in: span,
      out,
      heads: block.heads,
      queries: block.queries,
      query: matrixOf(weights, `${block.name}.wq`),
      key: matrixOf(weights, `${block.name}.wk`),
      value: matrixOf(weights, `${block.name}.wv`),
    } as const
    planner.operations.push(operation)
    if (readerTakesProjection) {
      planner.set(block.name, { kind: 'attended', operation, projection })
      return
    }
    const projected = planner.span(block.name, block.width, out.from, out.to)
    const name = `${block.name}.wo`
    planner.operations.push({ kind: 'linear', name, stage: 'window', in: out, out: projected, dense: projection })
    planner.set(block.name, { kind: 'sequence', span: projected, stage: 'window' })
  },

  quantileHead(planner, block) {
    const { span, stage } = planner.expect(block, block.input, 'sequence')
    if (span.to - span.from !== block.horizons) {
      throw unsupported(block, `it reads ${span.to - span.from} steps for ${block.horizons} horizons`)
    }
    const bias = Float64Array.from(planner.weights.get(`${block.name}.b`)!.data)
    planner.operations.push({
      kind: 'quantileHead',
      name: block.name,
      stage,
      in: span,
      horizons: block.horizons,
      quantiles: block.quantiles,
      head: block.form === 'linear' ? { form: 'linear', bias } : monotoneHead(bias, block),
      matrix: matrixOf(planner.weights, `${block.name}.w`),
    })
  },

  flatten(planner, block) {
    const inputs = block.inputs.map(name => {
      const { tensor } = planner.expect(block, name, 'input')
      if (tensor === 'symbols') throw unsupported(block, 'symbols are codes, not scalars')
      return tensor
    })
    planner.set(block.name, { kind: 'flat', inputs })
  },

  mlp(planner, block) {
    planner.expect(block, block.input, 'flat')
    const layers = block.layers.map((_, i) => denseOf(planner.weights, `${block.name}.${i}`))
    planner.set(block.name, { kind: 'body', input: block.input, layers })
  },

  windowQuantileHead(planner, block) {
    const { weights } = planner
    const { input, layers } = planner.expect(block, block.input, 'body')
    if (input !== block.skip)
      throw unsupported(block, `its skip is '${block.skip}', not the input '${input}' of its body`)
    const { inputs } = planner.expect(block, block.skip, 'flat')
    planner.operations.push({
      kind: 'mlp',
      name: block.name,
      stage: 'window',
      inputs,
      inputWidth: block.skipWidth,
      layers,
      horizons: block.horizons,
      quantiles: block.quantiles,
      matrix: matrixOf(weights, `${block.name}.w`),
      skip: matrixOf(weights, `${block.name}.skip.w`),
      head: monotoneHead(Float64Array.from(weights.get(`${block.name}.b`)!.data), block),
    })
  },
}

function joinVariables(planner: Planner, block: BlockOf<'concat'>): void {
  const parts = block.inputs.map(name => planner.expect(block, name, 'scalars'))
  const { from, to } = parts[0]
  const other = parts.find(part => part.from !== from || part.to !== to)
  if (other)
    throw unsupported(block, `it joins variables of the steps ${from} … ${to} with ones of ${other.from} … ${other.to}`)
  planner.set(block.name, { kind: 'scalars', scalars: parts.flatMap(part => part.scalars), from, to })
}

/** The parts lie in one buffer already; they only have to be neighbours there. */
function joinSequences(planner: Planner, block: BlockOf<'concat'>): void {
  const parts = block.inputs.map(name => planner.expect(block, name, 'sequence'))
  parts.forEach(({ span }, i) => {
    const before = parts[i - 1]?.span
    if (before && (before.buffer !== span.buffer || before.to !== span.from)) {
      throw unsupported(block, `'${block.inputs[i]}' does not follow on '${block.inputs[i - 1]}' in time`)
    }
  })
  const stage = parts.every(part => part.stage === 'step') ? 'step' : 'window'
  const span = { buffer: parts[0].span.buffer, from: parts[0].span.from, to: parts.at(-1)!.span.to }
  planner.set(block.name, { kind: 'sequence', span, stage })
}

function biasWithContext(planner: Planner, block: BlockOf<'gatedResidual'>, bias: Float64Array): SymbolVectors {
  if (block.context === undefined) return constantVector(bias)
  const { vectors } = planner.expect(block, block.context, 'symbol')
  const projection = matrixOf(planner.weights, `${block.name}.ctx.w`)
  return mapSymbols(vectors, vector => sum(bias, multiply(row(vector), projection).data))
}

function initialState(planner: Planner, block: BlockOf<'lstm'>): LstmOperation['initial'] {
  const hidden = planner.get(block.initialHidden)
  const cell = planner.get(block.initialCell)
  if (hidden.kind === 'symbol' && cell.kind === 'symbol') {
    return { kind: 'symbol', hidden: hidden.vectors, cell: cell.vectors }
  }
  const previous = planner.operations.at(-1)
  if (
    hidden.kind === 'state' &&
    cell.kind === 'state' &&
    hidden.part === 'hidden' &&
    cell.part === 'cell' &&
    hidden.of === previous &&
    cell.of === previous
  ) {
    return { kind: 'continued', from: previous }
  }
  throw unsupported(block, 'its initial state is neither static nor that of the LSTM just before it')
}

const monotoneHead = (
  bias: Float64Array,
  { horizons, shapeMobility }: { readonly horizons: number; readonly shapeMobility?: readonly number[] },
): Extract<HeadForm, { form: 'monotone' }> => ({
  form: 'monotone',
  bias,
  mobility: shapeMobility ?? new Array<number>(horizons).fill(1),
})
