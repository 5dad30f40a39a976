import { fractionToBps } from '../../../sdk/units.ts'
import { BOOK_LEVELS, KINDS, type Table } from '../kind.ts'
import { quantityUnit, toBase } from './contract-value.ts'
import { countOf } from './count-of.ts'
import type { Facts, Rows, SeriesRows } from './layout.ts'

/** Columns of a level, as kind.ts names them. */
const SIDES = ['bid', 'ask'] as const

/**
 * Order books from cells `timeMs`, `bidPrice1`, `bidQuantity1`, `askPrice1`, `askQuantity1` and so on, as many levels as
 * there are. Of several snapshots within a millisecond the last counts. Books of which a side is empty, or whose best
 * prices cross, are left out: they have no price.
 */
export function bookSeries(rows: Rows, facts: Facts, path: string): SeriesRows[] {
  const unit = quantityUnit(facts, path)
  const cells = rows.columns as Readonly<Record<string, Float64Array>>
  const levels = Array.from({ length: BOOK_LEVELS }, (_, i) => i + 1).filter(level => `bidPrice${level}` in cells)
  const { picked, priceless } = pickRows(rows.length, cells)
  const columns: Record<string, Float64Array> = Object.fromEntries(
    Object.keys(KINDS.book.columns).map(name => [name, new Float64Array(picked.length).fill(Number.NaN)]),
  )
  picked.forEach((from, to) => {
    const depth = { bid: 0, ask: 0 }
    for (const level of levels) {
      for (const side of SIDES) {
        const price = cells[`${side}Price${level}`][from]
        const quantity = toBase(unit, cells[`${side}Quantity${level}`][from], price)
        columns[`${side}Price${level}`][to] = price
        columns[`${side}Quantity${level}`][to] = quantity
        if (!Number.isNaN(quantity)) depth[side] += quantity
      }
    }
    const [bid, ask] = [cells.bidPrice1[from], cells.askPrice1[from]]
    columns.timeMs[to] = cells.timeMs[from]
    columns.midPrice[to] = (bid + ask) / 2
    columns.spreadBps[to] = fractionToBps((ask - bid) / ((bid + ask) / 2))
    columns.bidDepth[to] = depth.bid
    columns.askDepth[to] = depth.ask
    columns.imbalance[to] = (depth.bid - depth.ask) / (depth.bid + depth.ask)
  })
  const table: Table = { length: picked.length, columns }
  const notes =
    priceless > 0 ? [`${countOf(priceless, 'snapshot')} without a price (a side empty, or crossed) left out`] : []
  return [{ kind: 'book', timeframe: null, table, notes }]
}

function pickRows(length: number, cells: Readonly<Record<string, Float64Array>>) {
  const { timeMs, bidPrice1, askPrice1, bidQuantity1, askQuantity1 } = cells
  const picked: number[] = []
  let priceless = 0
  for (let i = 0; i < length; i++) {
    const hasPrice = bidPrice1[i] < askPrice1[i] && bidQuantity1[i] + askQuantity1[i] > 0
    if (!hasPrice) priceless++
    else if (picked.length > 0 && timeMs[picked[picked.length - 1]] === timeMs[i]) picked[picked.length - 1] = i
    else picked.push(i)
  }
  return { picked, priceless }
}
