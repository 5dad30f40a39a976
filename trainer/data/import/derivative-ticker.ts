import { MINUTE_MS, timeframeMs } from '../../../sdk/units.ts'
import { quantityUnit } from './contract-value.ts'
import { countOf } from './count-of.ts'
import { GrowingColumn } from './growing-column.ts'
import type { Facts, Rows, SeriesRows } from './layout.ts'

/** A rate that is announced this shortly before it is due is the one that is paid. */
const ANNOUNCED_WITHIN_MS = MINUTE_MS
/** How often open interest is sampled, where nothing else is asked for. */
const USUAL_SAMPLING = '5m'

/**
 * Funding rates as they were paid, and samples of open interest, out of a ticker that repeats the latest of both. A rate
 * belongs to `fundingTimeMs`, and counts where it was still announced a minute before that.
 */
export function derivativeTickerSeries(rows: Rows, facts: Facts, path: string): SeriesRows[] {
  return [fundingOf(rows), openInterestOf(rows, facts, path)].filter(({ table }) => table.length > 0)
}

function fundingOf({ length, columns }: Rows): SeriesRows {
  const { timeMs, fundingTimeMs, rate } = columns as Readonly<Record<string, Float64Array>>
  const [times, rates] = [new GrowingColumn(), new GrowingColumn()]
  /** Row of the latest announcement. */
  let last = -1
  let unsettled = 0
  const settle = () => {
    if (last < 0) return
    if (timeMs[last] < fundingTimeMs[last] - ANNOUNCED_WITHIN_MS) {
      unsettled++
      return
    }
    times.push(fundingTimeMs[last])
    rates.push(rate[last])
  }
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(fundingTimeMs[i]) || Number.isNaN(rate[i])) continue
    if (last >= 0 && fundingTimeMs[i] > fundingTimeMs[last]) settle()
    if (last < 0 || fundingTimeMs[i] >= fundingTimeMs[last]) last = i
  }
  settle()
  const table = { length: times.values().length, columns: { timeMs: times.values(), rate: rates.values() } }
  const notes =
    unsettled > 0
      ? [`${countOf(unsettled, 'funding rate')} left out, seen last more than a minute before being due`]
      : []
  return { kind: 'funding', timeframe: null, table, notes }
}

/** The latest value at each full step, where it is not older than a step. */
function openInterestOf({ length, columns }: Rows, facts: Facts, path: string): SeriesRows {
  const { timeMs, openInterest } = columns as Readonly<Record<string, Float64Array>>
  const timeframe = facts.timeframe ?? USUAL_SAMPLING
  const stepMs = timeframeMs(timeframe)
  const [times, values] = [new GrowingColumn(), new GrowingColumn()]
  let lastMs = Number.NaN
  let last = Number.NaN
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(openInterest[i]) || timeMs[i] < lastMs) continue
    const sampleMs = Math.ceil(lastMs / stepMs) * stepMs
    if (sampleMs < timeMs[i]) {
      times.push(sampleMs)
      values.push(last)
    }
    lastMs = timeMs[i]
    last = openInterest[i]
  }
  const counted = values.values()
  const unknown = new Float64Array(counted.length).fill(Number.NaN)
  const unit = quantityUnit(facts, path)
  const [base, quote] =
    unit.of === 'base' ? [counted, unknown] : [unknown, counted.map(contracts => contracts * unit.quote)]
  const table = { length: counted.length, columns: { timeMs: times.values(), base, quote } }
  return { kind: 'openInterest', timeframe, table }
}
