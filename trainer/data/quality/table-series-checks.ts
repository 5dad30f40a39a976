import { medianOf, overWindows, robustDeviation } from '../../../sdk/candle/quality/robust-windows.ts'
import { formatTimeMs } from '../../../sdk/units.ts'
import type { DataKind } from '../kind.ts'
import { joinRows, makeSeriesFinding, whichRows } from './make-series-finding.ts'
import { isFuture, numbersOf, type PreparedTable } from './prepared-table.ts'
import type { SeriesFinding } from './series-finding.ts'

/** Rows before and after an interval that tell what is usual there. */
const NEIGHBOURS = 9

/** An interval this many times the usual one lacks a row; clocks of exchanges are off by ms only. */
const GAP_FACTOR = 1.5

/**
 * Rows missing from a regular series: an interval of more than 1.5 times the larger of the medians of the 9 intervals
 * before and the 9 after it. So funding that changes from every 8 to every 4 hours has no gap, and one row that stands
 * alone has one.
 */
export function findTableGaps(prepared: PreparedTable): SeriesFinding[] {
  const { order, timesMs, intervalMs, key, nowMs } = prepared
  if (intervalMs === null) return []
  // a row that is there but unusable is reported for what is wrong with it, and is no gap as well
  const past = order.filter(row => !isFuture(timesMs[row], nowMs))
  const places = past.filter((row, i) => i === 0 || timesMs[row] > timesMs[past[i - 1]])
  const intervals = Float64Array.from(places.slice(1), (row, i) => timesMs[row] - timesMs[places[i]])
  const usualOf = (from: number, to: number): number => {
    const near = intervals.slice(Math.max(0, from), to).sort()
    return near.length > 0 ? medianOf(near) : 0
  }
  const findings: SeriesFinding[] = []
  intervals.forEach((interval, i) => {
    const near = Math.max(usualOf(i - NEIGHBOURS, i), usualOf(i + 1, i + 1 + NEIGHBOURS))
    const usual = key.timeframe === null && near > 0 ? near : intervalMs
    if (interval <= GAP_FACTOR * usual) return
    const [beforeMs, afterMs] = [timesMs[places[i]], timesMs[places[i + 1]]]
    const missing = Math.round(interval / usual) - 1
    if (missing < 1) return
    findings.push(
      makeSeriesFinding('gap', prepared, {
        range: { fromMs: beforeMs + usual, toMs: afterMs },
        rows: missing,
        text: `${missing.toLocaleString('en-US')} ${missing === 1 ? 'row is' : 'rows are'} missing between ${formatTimeMs(beforeMs)} and ${formatTimeMs(afterMs)}, where one comes every ${hours(usual)}.`,
        details: { beforeMs, afterMs, usualMs: usual },
      }),
    )
  })
  return findings
}

const hours = (ms: number): string => `${Number((ms / 3_600_000).toFixed(2))} h`

/** Kinds and columns that are not expected to stand still. Prices of an order book do, between two updates. */
const MOVING: Partial<Record<DataKind, readonly string[]>> = { funding: ['rate'], openInterest: ['base', 'quote'] }

/** Rows of the same value: three days of funding every 8 hours. */
const CONSTANT_ROWS = 9

/** A value that so many rows have is where the exchange lets the rate rest (0.0001 per 8 h, 0.00005 per 4 h on Binance). */
const RESTING_SHARE = 0.1

/**
 * Runs of at least 9 rows with the same value, unless a tenth of all rows has it. Measured on 11 funding files: the resting
 * rate comes in up to 127 rows in a row, other values in at most 8, but for 0 in LTC (312 rows, up to 42 in a row).
 */
export function findConstantRuns(prepared: PreparedTable): SeriesFinding[] {
  const { used, table, key } = prepared
  return (MOVING[key.kind] ?? []).flatMap(column => {
    const values = numbersOf(table, column)
    const count = new Map<number, number>()
    for (const row of used) count.set(values[row], (count.get(values[row]) ?? 0) + 1)
    const isResting = (value: number): boolean => (count.get(value) ?? 0) >= RESTING_SHARE * used.length
    const findings: SeriesFinding[] = []
    for (let first = 0; first < used.length; ) {
      const value = values[used[first]]
      let end = first + 1
      while (end < used.length && values[used[end]] === value) end++
      const rows = end - first
      if (rows >= CONSTANT_ROWS && Number.isFinite(value) && !isResting(value)) {
        const [range] = joinRows(prepared, used.slice(first, end), () => true).map(stretch => stretch.range)
        findings.push(
          makeSeriesFinding('constantRun', prepared, {
            range,
            rows,
            text: `${whichRows(range.fromMs, rows)}: ${column} is ${value} in each.`,
            details: { column, value },
          }),
        )
      }
      first = end
    }
    return findings
  })
}

interface Level {
  readonly column: string
  /** Prices and sizes are compared by ratio. */
  readonly logarithm: boolean
  /** Least deviation that counts as one, in the units compared. */
  readonly floor: number
}

/** What is compared with the rows around it, and how little of a difference is none. */
const LEVELS: Partial<Record<DataKind, Level>> = {
  // the resting rate itself
  funding: { column: 'rate', logarithm: false, floor: 1e-4 },
  openInterest: { column: 'base', logarithm: true, floor: 0.005 },
  // 5 bps
  book: { column: 'midPrice', logarithm: true, floor: 5e-4 },
  trade: { column: 'price', logarithm: true, floor: 5e-4 },
}

/** Deviations from the median of the 360 rows around a value. */
const MIN_Z = 20

/**
 * Values far from those around them: |x − median| ≥ 20 · max(1.4826 · MAD, floor) over 360 rows, of the logarithm where ratios
 * matter. So a trade 1 % off the price of its time is shown at least.
 */
export function findValueOutliers(prepared: PreparedTable): SeriesFinding[] {
  const { used, table, key } = prepared
  const level = LEVELS[key.kind]
  if (level === undefined) return []
  const values = numbersOf(table, level.column)
  const compared = Float64Array.from(used, row => (level.logarithm ? Math.log(values[row]) : values[row]))
  const z = new Float64Array(compared.length)
  const usual = new Float64Array(compared.length)
  overWindows(compared, (sorted, from, to) => {
    const { median, deviation } = robustDeviation(sorted)
    for (let i = from; i < to; i++) {
      z[i] = Math.abs(compared[i] - median) / Math.max(deviation, level.floor)
      usual[i] = level.logarithm ? Math.exp(median) : median
    }
  })
  const position = new Map(used.map((row, i) => [row, i]))
  return joinRows(prepared, used, (_, i) => z[i] >= MIN_Z).map(({ range, rows }) => {
    const at = rows.map(row => position.get(row) ?? 0).reduce((best, i) => (z[i] > z[best] ? i : best))
    return makeSeriesFinding('valueOutlier', prepared, {
      range,
      rows: rows.length,
      text: `${whichRows(range.fromMs, rows.length)}: ${level.column} ${values[used[at]]} is ${z[at].toFixed(0)} robust deviations from the ${Number(usual[at].toPrecision(6))} around it.`,
      details: { column: level.column, z: z[at] },
    })
  })
}
