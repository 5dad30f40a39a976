import type { DataKind } from '../kind.ts'
import { quantityUnit, toBase } from './contract-value.ts'
import type { Facts, Rows, SeriesRows } from './layout.ts'

/**
 * Trades or liquidations from cells `timeMs`, `price`, `quantity`, `side` and `id`, quantities in base currency. Rows
 * without an id get one from their time in the file and their place among the rows of that time, so that it is the same
 * whenever the file is read.
 */
export const tradeSeries =
  (kind: Extract<DataKind, 'trade' | 'liquidation'>) =>
  ({ length, columns }: Rows, facts: Facts, path: string): SeriesRows[] => {
    const price = columns.price as Float64Array
    const unit = quantityUnit(facts, path)
    const quantity = unit.of === 'base' ? columns.quantity : inBase(columns.quantity as Float64Array, price, unit)
    const id = withIds(columns.id as readonly string[], columns.timeMs as Float64Array)
    const table = { length, columns: { timeMs: columns.timeMs, id, price, quantity, side: columns.side } }
    return [{ kind, timeframe: null, table }]
  }

const inBase = (quantity: Float64Array, price: Float64Array, unit: Parameters<typeof toBase>[0]): Float64Array =>
  quantity.map((value, i) => toBase(unit, value, price[i]))

function withIds(ids: readonly string[], timeMs: Float64Array): readonly string[] {
  if (ids.every(id => id !== '')) return ids
  // rows may stand in the order in which they came, so that those of one time need not be neighbours
  const seen = new Map<number, number>()
  return ids.map((id, i) => {
    const place = seen.get(timeMs[i]) ?? 0
    seen.set(timeMs[i], place + 1)
    return id === '' ? `${timeMs[i]}-${place}` : id
  })
}
