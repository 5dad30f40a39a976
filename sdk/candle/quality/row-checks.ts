import { type CandleColumns, FIELDS, isTime, VALUE_FIELDS } from './columns.ts'
import type { Finding } from './finding.ts'
import { joinNeighbours, makeFinding, whichCandles } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'

/** What a row's own values can show. In order: a row is reported for the first only, for the others follow from it. */
export const ROW_DEFECTS = ['missingValue', 'nonPositivePrice', 'negativeVolume', 'ohlcOrder'] as const

export type RowDefect = (typeof ROW_DEFECTS)[number]

const PRICES = ['open', 'high', 'low', 'close'] as const

/** The first thing that is impossible about a row, or null. */
export function rowDefectOf(
  { openTimeMs, open, high, low, close, volume }: CandleColumns,
  row: number,
): RowDefect | null {
  const [time, o, h, l, c, v] = [openTimeMs[row], open[row], high[row], low[row], close[row], volume[row]]
  // the sum is finite if all are; where it is not, each is looked at, for large values may only overflow
  const areFinite = Number.isFinite(o + h + l + c + v) || [o, h, l, c, v].every(Number.isFinite)
  if (!areFinite || !isTime(time)) return 'missingValue'
  if (!(o > 0 && h > 0 && l > 0 && c > 0)) return 'nonPositivePrice'
  if (v < 0) return 'negativeVolume'
  return h < l || h < o || h < c || l > o || l > c ? 'ohlcOrder' : null
}

/**
 * Values that no candle can have: null, NaN or infinite ones, and a time that is none; prices of 0 or less; a volume below 0; a high below, or a low
 * above, another price. No threshold: each of these is impossible. A row is reported for the first of the four.
 */
export function findImpossibleRows(candles: PreparedCandles): Finding[] {
  const { columns, defects, order, timesMs, stepMs } = candles
  return ROW_DEFECTS.flatMap(check => {
    const rows = order.filter(row => defects[row] === check)
    return joinNeighbours(rows, timesMs, stepMs).map(stretch => {
      const [first] = stretch.rows
      const { field, problem } = describe(check, columns, first)
      const values = Object.fromEntries(FIELDS.map(name => [name, columns[name][first]]))
      return makeFinding(check, candles, {
        range: stretch.range,
        rows: stretch.rows.length,
        text: `${whichCandles(stretch.range, stretch.rows.length, stepMs)}: ${stretch.rows.length > 1 ? 'in the first, ' : ''}${problem}.`,
        details: { field, row: first, values },
      })
    })
  })
}

function describe(check: RowDefect, columns: CandleColumns, row: number): { field: string; problem: string } {
  if (check === 'missingValue') {
    const field = VALUE_FIELDS.find(name => !Number.isFinite(columns[name][row])) ?? 'openTimeMs'
    const value = columns[field][row]
    return { field, problem: Number.isNaN(value) ? `${field} is missing` : `${field} is ${value}` }
  }
  if (check === 'nonPositivePrice') {
    const field = PRICES.find(name => !(columns[name][row] > 0)) ?? PRICES[0]
    return { field, problem: `${field} is ${columns[field][row]}; a price is above 0` }
  }
  if (check === 'negativeVolume') {
    return { field: 'volume', problem: `volume is ${columns.volume[row]}; it is 0 or more` }
  }
  const [open, high, low, close] = PRICES.map(name => columns[name][row])
  const body = { max: Math.max(open, close), min: Math.min(open, close) }
  if (high < low) return { field: 'high', problem: `high ${high} is below low ${low}` }
  if (high < body.max) return { field: 'high', problem: `high ${high} is below ${nameOf(body.max, open)} ${body.max}` }
  return { field: 'low', problem: `low ${low} is above ${nameOf(body.min, open)} ${body.min}` }
}

const nameOf = (value: number, open: number): string => (value === open ? 'open' : 'close')
