import type { SymbolVectors } from './plan.ts'

/** A vector per symbol from each symbol's vector: static covariates are evaluated when planning, once and for all. */
export function mapSymbols(
  vectors: SymbolVectors,
  map: (vector: Float64Array, symbol: number) => Float64Array,
): SymbolVectors {
  return fromRows(rowsOf(vectors).map(map))
}

/** The same vector whatever the symbol. */
export const constantVector = (data: Float64Array): SymbolVectors => ({ width: data.length, data })

/** The vector of one symbol. */
export const vectorOfSymbol = (vectors: SymbolVectors, symbol: number): Float64Array =>
  rowsOf(vectors)[isConstant(vectors) ? 0 : symbol]

/** Whether one row serves all symbols. */
const isConstant = ({ width, data }: SymbolVectors): boolean => data.length === width

function fromRows(rows: readonly Float64Array[]): SymbolVectors {
  const width = rows[0].length
  const data = new Float64Array(rows.length * width)
  rows.forEach((values, symbol) => {
    data.set(values, symbol * width)
  })
  return { width, data }
}

function rowsOf({ width, data }: SymbolVectors): Float64Array[] {
  return Array.from({ length: data.length / width }, (_, s) => data.subarray(s * width, (s + 1) * width))
}
