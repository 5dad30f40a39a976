import { exchangeCandleSource } from '../../../sdk/source/exchange/exchange-candle-source.ts'
import { toTable } from '../candle-table.ts'
import type { SeriesPages } from './series-pages.ts'

/** Closed candles. */
export const candlePages: SeriesPages = async function* (session, { symbol, timeframe }, range, { signal }) {
  const source = exchangeCandleSource(session)
  const request = { symbol, timeframe: timeframe!, ...range }
  for await (const { candles, complete } of source.pages(request, signal ? { signal } : {})) {
    const doneMs = Math.max(complete.toMs, candles.at(-1)?.openTimeMs ?? range.fromMs)
    yield { table: toTable(candles), complete: complete.toMs > complete.fromMs ? complete : null, doneMs }
  }
}
