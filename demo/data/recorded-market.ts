import { type Manifest, parseCandleCsv, type Timeframe } from 'edgequant'
import { fetchJsonIfPresent, siteUrl } from './fetch-json.ts'
import type { Market, SymbolCandles } from './market.ts'
import { prepareSymbol } from './prepare.ts'

/** `/candles/index.json`, as the trainer's server writes it. */
interface CandleIndex {
  readonly simulated: boolean
  readonly exchange: string
  readonly timeframe: Timeframe
  readonly symbols: readonly { readonly symbol: string; readonly url: string }[]
}

/** A year for the regimes and some weeks of warm-up; older lines are not even parsed. */
const KEEP_CANDLES = 9_600

/** The candles this site serves that the model can read: its symbols, its timeframe. Null when there are none. */
export async function loadRecordedMarket({
  symbols: known,
  timeframe,
}: Pick<Manifest, 'symbols' | 'timeframe'>): Promise<Market | null> {
  const index = await fetchJsonIfPresent<CandleIndex>(siteUrl('candles/index.json'))
  const wanted = index?.timeframe === timeframe ? index.symbols.filter(entry => known.includes(entry.symbol)) : []
  if (index === null || wanted.length === 0) return null

  const texts = await Promise.all(wanted.map(({ url }) => fetchText(new URL(url, location.href).href)))
  const symbols = new Map<string, SymbolCandles>()
  for (const [i, { symbol, url }] of wanted.entries()) {
    const candles = parseCandleCsv(newestLines(texts[i], KEEP_CANDLES), url)
    symbols.set(symbol, prepareSymbol(symbol, index.timeframe, candles))
    await letThePageBreathe()
  }
  return { simulated: index.simulated, source: index.exchange, timeframe: index.timeframe, symbols }
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`The candles at ${url} answered HTTP ${response.status} ${response.statusText}.`)
  return response.text()
}

/** A symbol takes some tens of ms: between two of them input is handled and frames are drawn. */
const letThePageBreathe = () => new Promise(resolve => setTimeout(resolve))

/** The header and the last `count` lines of a CSV text. */
function newestLines(text: string, count: number): string {
  let from = text.trimEnd().length
  for (let line = 0; line < count && from > 0; line++) from = text.lastIndexOf('\n', from - 1)
  const header = text.slice(0, text.indexOf('\n'))
  return from <= header.length ? text : header + text.slice(from)
}
