import { bookFigures } from '../book-figures.ts'
import { BOOK_LEVELS, KINDS, type Table } from '../kind.ts'
import { quantityUnit, toBase } from './contract-value.ts'
import { countOf } from './count-of.ts'
import type { Facts, Rows, SeriesRows } from './layout.ts'

/** Columns of a level, as kind.ts names them. */
const SIDES = ['bid', 'ask'] as const
const FIGURES = ['midPrice', 'spreadBps', 'imbalance'] as const

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
  const sides = levels.flatMap(level =>
    SIDES.map(side => {
      const [price, quantity] = [`${side}Price${level}`, `${side}Quantity${level}`]
      const [from, to] = [cells, columns].map(of => ({ price: of[price], quantity: of[quantity] }))
      return { side, from, to }
    }),
  )
  picked.forEach((from, to) => {
    const depth = { bid: 0, ask: 0 }
    for (const level of sides) {
      const price = level.from.price[from]
      const quantity = toBase(unit, level.from.quantity[from], price)
      level.to.price[to] = price
      level.to.quantity[to] = quantity
      if (!Number.isNaN(quantity)) depth[level.side] += quantity
    }
    const figures = bookFigures({
      bid: cells.bidPrice1[from],
      ask: cells.askPrice1[from],
      bidDepth: depth.bid,
      askDepth: depth.ask,
    })
    columns.timeMs[to] = cells.timeMs[from]
    columns.bidDepth[to] = depth.bid
    columns.askDepth[to] = depth.ask
    for (const name of FIGURES) columns[name][to] = figures[name]
  })
  const table: Table = { length: picked.length, columns }
  const notes =
    priceless > 0 ? [`${countOf(priceless, 'snapshot')} without a price (a side empty, or crossed) left out`] : []
  return [{ kind: 'book', timeframe: null, table, notes }]
}

function pickRows(length: number, cells: Readonly<Record<string, Float64Array>>) {
  const { timeMs, bidPrice1, askPrice1, bidQuantity1, askQuantity1 } = cells
  const picked: number[] = []
  let [priceless, latestMs, isOrdered] = [0, Number.NEGATIVE_INFINITY, true]
  for (let i = 0; i < length; i++) {
    const hasPrice = bidPrice1[i] < askPrice1[i] && bidQuantity1[i] + askQuantity1[i] > 0
    if (!hasPrice) {
      priceless++
      continue
    }
    if (picked.length > 0 && timeMs[picked[picked.length - 1]] === timeMs[i]) picked[picked.length - 1] = i
    else picked.push(i)
    if (timeMs[i] < latestMs) isOrdered = false
    else latestMs = timeMs[i]
  }
  return { picked: isOrdered ? picked : lastOfEachTime(picked, timeMs), priceless }
}

/** Of rows in the order in which they came, which is not that of their times. */
function lastOfEachTime(rows: readonly number[], timeMs: Float64Array): number[] {
  const last = new Map(rows.map(row => [timeMs[row], row]))
  return rows.filter(row => last.get(timeMs[row]) === row)
}
