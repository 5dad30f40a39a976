import type { CcxtMarket, CcxtOrderBook, CcxtRow } from '../../../sdk/source/exchange/ccxt-client.ts'
import { sleep } from '../../../sdk/source/wait.ts'
import { bookFigures } from '../book-figures.ts'
import { BOOK_LEVELS } from '../kind.ts'
import { toBaseQuantity } from './contract-size.ts'
import { type Row, rowsToTable } from './rows.ts'
import type { SeriesPages } from './series-pages.ts'

/** A depth that every exchange gives; some allow few values, and 10 is not one of all of them. */
const ASKED_LEVELS = 20

/** Snapshots of the order book, from now on: exchanges have no history of it. */
export const bookPages: SeriesPages = async function* (session, { symbol }, _range, { snapshots, signal }) {
  const market = session.market(symbol)
  const startMs = session.nowMs()
  for (let i = 0; i < snapshots.count; i++) {
    await sleep(startMs + i * snapshots.everyMs - session.nowMs(), signal, `The order book of ${symbol}`)
    const book = await session.ask(
      `order book of ${symbol}`,
      () => session.client.fetchOrderBook(symbol, ASKED_LEVELS),
      { check: wrongBook, ...(signal ? { signal } : {}) },
    )
    const row = bookRow(market, book, book.timestamp ?? session.nowMs())
    yield { table: rowsToTable('book', [row]), complete: null, doneMs: session.nowMs() }
  }
}

/** Why a book cannot be right, or null. */
function wrongBook({ bids, asks }: CcxtOrderBook): string | null {
  if (bids.length === 0 || asks.length === 0) return `an empty book: ${bids.length} bids and ${asks.length} asks`
  const isPositive = (value: number | undefined): boolean => Number.isFinite(value) && Number(value) > 0
  const level = [...bids, ...asks].find(([price, quantity]) => !isPositive(price) || !isPositive(quantity))
  if (level) return `a level ${JSON.stringify(level)} in the book`
  const [bid, ask] = [Number(bids[0][0]), Number(asks[0][0])]
  return bid < ask ? null : `a crossed book: bid ${bid}, ask ${ask}`
}

/** What is stored of a book; a book of fewer levels has NaN in the others. */
function bookRow(market: CcxtMarket, { bids, asks }: CcxtOrderBook, timeMs: number): Row {
  const levels = (side: readonly CcxtRow[]) =>
    Array.from({ length: BOOK_LEVELS }, (_, i) => {
      const [price, quantity] = (side[i] ?? []).map(Number)
      return side[i] ? { price, quantity: toBaseQuantity(market, quantity) } : null
    })
  const [bidLevels, askLevels] = [levels(bids), levels(asks)]
  const depth = (side: typeof bidLevels) => side.reduce((sum, level) => sum + (level?.quantity ?? 0), 0)
  const [bidDepth, askDepth] = [depth(bidLevels), depth(askLevels)]
  const [bid, ask] = [Number(bids[0][0]), Number(asks[0][0])]
  const row: Record<string, number> = {
    timeMs,
    bidDepth,
    askDepth,
    ...bookFigures({ bid, ask, bidDepth, askDepth }),
  }
  for (let i = 0; i < BOOK_LEVELS; i++) {
    row[`bidPrice${i + 1}`] = bidLevels[i]?.price ?? Number.NaN
    row[`bidQuantity${i + 1}`] = bidLevels[i]?.quantity ?? Number.NaN
    row[`askPrice${i + 1}`] = askLevels[i]?.price ?? Number.NaN
    row[`askQuantity${i + 1}`] = askLevels[i]?.quantity ?? Number.NaN
  }
  return row
}
