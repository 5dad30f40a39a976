import { type TimeRange, unionRanges } from '../../../sdk/candle/time-ranges.ts'
import { exchangeCandleSource } from '../../../sdk/source/exchange/exchange-candle-source.ts'
import { formatTimeMs, timeframeMs } from '../../../sdk/units.ts'
import { toTable } from '../candle-table.ts'
import type { SeriesPages } from './series-pages.ts'

/** Closed candles. */
export const candlePages: SeriesPages = async function* (session, { symbol, timeframe }, range, o) {
  const { swap, contractSize, base } = session.market(symbol)
  // ccxt does not say in which of both an exchange counts
  if (swap && contractSize !== 1) o.note(`volumes are as given: ${base}, or contracts of ${contractSize} ${base}`)

  const unconfirmed: TimeRange[] = []
  const source = exchangeCandleSource(session, { onUnconfirmed: times => unconfirmed.push(times) })
  const stepMs = timeframeMs(timeframe!)
  const request = { symbol, timeframe: timeframe!, ...range }
  for await (const { candles, complete } of source.pages(request, o.signal ? { signal: o.signal } : {})) {
    const newest = candles.at(-1)
    const doneMs = Math.max(complete.toMs, newest ? newest.openTimeMs + stepMs : range.fromMs)
    yield { table: toTable(candles), complete: complete.toMs > complete.fromMs ? complete : null, doneMs }
  }
  for (const { fromMs, toMs } of unionRanges(unconfirmed)) {
    o.note(
      `${session.id} gives its newest candles only: from ${formatTimeMs(toMs)} on, and says nothing of the time from ${formatTimeMs(fromMs)} to then`,
    )
  }
}
