import type { GatedUnit, Matrix, Operation, Plan } from './plan.ts'

/** Multiply-adds of one window, matrix products and what stands in for them; norms and activations are not counted. */
export function multiplyAdds(plan: Plan): number {
  return plan.operations.reduce((total, operation) => total + ofOperation(operation), 0)
}

const cells = ({ rows, columns }: Matrix): number => rows * columns

const ofUnit = (unit: GatedUnit): number => (unit.before ? cells(unit.before.matrix) : 0) + cells(unit.gate.matrix)

function ofOperation(op: Operation): number {
  switch (op.kind) {
    case 'selection': {
      const { first, skip, unit } = op.logits
      // each variable: first layer, skip, gate, and its share of the mixture
      const variables = op.variables.reduce((total, v) => total + 3 * op.width + ofUnit(v.unit), 0)
      return (op.out.to - op.out.from) * (cells(first) + cells(skip.matrix) + ofUnit(unit) + variables)
    }
    case 'gatedResidual':
      return (op.out.to - op.out.from) * (cells(op.first) + (op.skip ? cells(op.skip.matrix) : 0) + ofUnit(op.unit))
    case 'gateAddNorm':
      return (op.out.to - op.out.from) * ofUnit(op.unit)
    case 'linear':
      return (op.out.to - op.out.from) * cells(op.dense.matrix)
    case 'lstm':
      return (op.out.to - op.out.from) * (cells(op.input.matrix) + cells(op.recurrent))
    case 'attention': {
      const keys = op.in.to - op.in.from
      let seen = 0
      for (let query = 0; query < op.queries; query++) seen += keys - op.queries + query + 1
      const perPair = op.query.columns + op.value.columns
      return keys * (cells(op.key) + cells(op.value)) + op.queries * cells(op.query) + seen * perPair
    }
    case 'quantileHead':
      return op.horizons * cells(op.matrix)
    case 'mlp':
      return op.layers.reduce((total, l) => total + cells(l.matrix), 0) + cells(op.matrix) + cells(op.skip)
  }
}
