import { SECOND_MS } from '../../units.ts'
import type { EventColumns, Fold } from './fold.ts'

/** Between snapshots further apart than this, orders came and went that neither shows. */
const MAX_GAP_MS = 10 * SECOND_MS

/** Of the best bid and ask. */
export const TOP_COLUMNS = ['bidPrice1', 'bidQuantity1', 'askPrice1', 'askQuantity1'] as const

/** Whether there are a best bid and a best ask. */
const hasTop = (columns: EventColumns, i: number): boolean =>
  columns.bidPrice1[i] > 0 && columns.askPrice1[i] > 0 && columns.bidQuantity1[i] >= 0 && columns.askQuantity1[i] >= 0

/**
 * Sum over a candle's snapshots of what each adds to demand less what it adds to supply: a bid that rises, or grows, is
 * demand; so is an ask that is taken away. NaN where no snapshot lies close enough to the one before it.
 * @see Cont, Kukanov & Stoikov (2014), The Price Impact of Order Book Events, J. Financial Econometrics 12
 */
export function orderFlowOverCandle(): Fold {
  const before = new Float64Array(TOP_COLUMNS.length)
  let beforeMs = Number.NaN
  let sum = 0
  let changes = 0
  return {
    begin: () => {
      sum = 0
      changes = 0
    },
    take: (columns, i, availableMs) => {
      if (!hasTop(columns, i)) {
        beforeMs = Number.NaN
        return
      }
      if (availableMs - beforeMs <= MAX_GAP_MS) {
        sum += orderFlow(before, columns, i)
        changes++
      }
      for (let c = 0; c < TOP_COLUMNS.length; c++) before[c] = columns[TOP_COLUMNS[c]][i]
      beforeMs = availableMs
    },
    read: () => (changes > 0 ? sum : Number.NaN),
  }
}

function orderFlow(before: Float64Array, columns: EventColumns, i: number): number {
  const { bidPrice1, bidQuantity1, askPrice1, askQuantity1 } = columns
  let flow = 0
  if (bidPrice1[i] >= before[0]) flow += bidQuantity1[i]
  if (bidPrice1[i] <= before[0]) flow -= before[1]
  if (askPrice1[i] <= before[2]) flow -= askQuantity1[i]
  if (askPrice1[i] >= before[2]) flow += before[3]
  return flow
}

/** Mean quantity at the best bid and ask over a candle's snapshots; NaN where there are none. */
export function topDepthOverCandle(): Fold {
  let sum = 0
  let snapshots = 0
  return {
    begin: () => {
      sum = 0
      snapshots = 0
    },
    take: (columns, i) => {
      if (!hasTop(columns, i)) return
      sum += (columns.bidQuantity1[i] + columns.askQuantity1[i]) / 2
      snapshots++
    },
    read: () => (snapshots > 0 ? sum / snapshots : Number.NaN),
  }
}
