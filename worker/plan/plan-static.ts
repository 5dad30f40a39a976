import type { BlockOf } from '../../models/blocks.ts'
import { applyGatedUnit, elu, gatedUnitOf } from './gated-unit.ts'
import { affine, denseOf, matrixOf, multiply, row, sum, tensorOf } from './matrix.ts'
import type { SymbolVectors } from './plan.ts'
import { type Planner, unsupported } from './planner.ts'
import { mapSymbols, vectorOfSymbol } from './symbol-vectors.ts'

/** Blocks whose inputs depend on the symbol alone: evaluated here, in float64, for every symbol. */

export function embeddingVectors(planner: Planner, block: BlockOf<'embedding'>): SymbolVectors {
  const { tensor } = planner.expect(block, block.input, 'input')
  if (tensor !== 'symbols') throw unsupported(block, `it embeds '${tensor}', not the symbols`)
  return { width: block.width, data: Float64Array.from(tensorOf(planner.weights, block.name).data) }
}

/** Of a single variable: its weight is a softmax over one logit, 1. */
export function selectedVectors(
  planner: Planner,
  block: BlockOf<'variableSelection'>,
  input: SymbolVectors,
): SymbolVectors {
  if (block.variables !== 1)
    throw unsupported(block, `it selects among ${block.variables} static variables; 1 is known`)
  return residualVectors(planner, `${block.name}.var`, input, null)
}

export function gatedResidualVectors(
  planner: Planner,
  block: BlockOf<'gatedResidual'>,
  input: SymbolVectors,
): SymbolVectors {
  const context = block.context === undefined ? null : planner.expect(block, block.context, 'symbol').vectors
  return residualVectors(planner, block.name, input, context)
}

export function gateAddNormVectors(
  planner: Planner,
  block: BlockOf<'gateAddNorm'>,
  input: SymbolVectors,
): SymbolVectors {
  const skip = planner.expect(block, block.skip, 'symbol').vectors
  const unit = gatedUnitOf(planner.weights, block.name, { fold: true })
  return mapSymbols(input, (x, symbol) => applyGatedUnit(unit, x, vectorOfSymbol(skip, symbol)))
}

export function linearVectors(planner: Planner, block: BlockOf<'linear'>, input: SymbolVectors): SymbolVectors {
  const dense = denseOf(planner.weights, block.name)
  return mapSymbols(input, x => affine(x, dense))
}

function residualVectors(
  { weights }: Planner,
  name: string,
  input: SymbolVectors,
  context: SymbolVectors | null,
): SymbolVectors {
  const first = denseOf(weights, `${name}.fc1`)
  const projection = context && matrixOf(weights, `${name}.ctx.w`)
  const skip = weights.has(`${name}.skip.w`) ? denseOf(weights, `${name}.skip`) : null
  const unit = gatedUnitOf(weights, name, { before: denseOf(weights, `${name}.fc2`), fold: false })
  return mapSymbols(input, (x, symbol) => {
    const plain = affine(x, first)
    const added =
      context && projection ? sum(plain, multiply(row(vectorOfSymbol(context, symbol)), projection).data) : plain
    return applyGatedUnit(unit, added.map(elu), skip ? affine(x, skip) : x)
  })
}
