import { BOOK_LEVELS } from '../kind.ts'
import { joinRows, makeSeriesFinding, whichRows } from './make-series-finding.ts'
import { numbersOf, type PreparedTable } from './prepared-table.ts'
import type { SeriesFinding } from './series-finding.ts'

/** Relative; sums of a few decimals agree to far more digits. */
const TOLERANCE = 1e-6

/**
 * Order books that contradict themselves: levels not sorted from the best price outwards; a mid price that is not between the
 * best two; depths that are not the sums of the levels, where all levels are there; an imbalance that does not follow
 * from the depths.
 */
export function findInconsistentBooks(prepared: PreparedTable): SeriesFinding[] {
  if (prepared.key.kind !== 'book') return []
  const problems = new Map<number, string>()
  for (const row of prepared.used) {
    const problem = contradictionIn(prepared, row)
    if (problem !== null) problems.set(row, problem)
  }
  return joinRows(prepared, prepared.used, row => problems.has(row)).map(({ range, rows }) =>
    makeSeriesFinding('inconsistentBook', prepared, {
      range,
      rows: rows.length,
      text: `${whichRows(range.fromMs, rows.length)}: ${rows.length > 1 ? 'in the first, ' : ''}${problems.get(rows[0])}.`,
      details: { row: rows[0] },
    }),
  )
}

function contradictionIn({ table }: PreparedTable, row: number): string | null {
  const at = (column: string): number => numbersOf(table, column)[row]
  const sides = [
    { side: 'bid', depth: at('bidDepth'), outwards: -1 },
    { side: 'ask', depth: at('askDepth'), outwards: 1 },
  ]
  for (const { side, depth, outwards } of sides) {
    let sum = 0
    for (let level = 1; level <= BOOK_LEVELS; level++) {
      const price = at(`${side}Price${level}`)
      if (Number.isNaN(price)) break
      sum += at(`${side}Quantity${level}`)
      const before = level > 1 ? at(`${side}Price${level - 1}`) : Number.NaN
      if (outwards * (price - before) <= 0) {
        return `${side} ${price} of level ${level} is not ${outwards > 0 ? 'above' : 'below'} ${before} of level ${level - 1}`
      }
    }
    if (sum > 0 && differ(sum, depth)) return `the ${side} depth is ${depth}, its levels add up to ${sum}`
  }
  const mid = (at('bidPrice1') + at('askPrice1')) / 2
  if (differ(mid, at('midPrice'))) return `the mid price is ${at('midPrice')}, between the best prices lies ${mid}`
  const [bids, asks] = [at('bidDepth'), at('askDepth')]
  const imbalance = bids + asks > 0 ? (bids - asks) / (bids + asks) : 0
  return Math.abs(imbalance - at('imbalance')) > TOLERANCE
    ? `the imbalance is ${at('imbalance')}, the depths give ${imbalance}`
    : null
}

/** False where one is unknown. */
const differ = (a: number, b: number): boolean => Math.abs(a - b) > TOLERANCE * Math.max(Math.abs(a), Math.abs(b))
