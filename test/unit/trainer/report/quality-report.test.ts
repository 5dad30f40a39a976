import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { toTable } from '../../../../trainer/data/candle-table.ts'
import { judgeSeries } from '../../../../trainer/data/quality/judge-series.ts'
import type { JudgedSeries } from '../../../../trainer/data/quality/judged-series.ts'
import { DEFAULT_SERIES_POLICY, SERIES_CHECKS } from '../../../../trainer/data/quality/series-finding.ts'
import { renderQualityReport } from '../../../../trainer/report/quality/render-quality.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
const market = simulateMarket({ symbols: SYMBOLS, candles: 2 * 366 * 24, timeframe: '1h', seed: 4 })

const judge = (symbol: string, change: (candles: readonly Candle[]) => readonly Candle[]): JudgedSeries => ({
  where: `${symbol} <file>.csv`,
  judgement: judgeSeries(
    { exchange: 'binance', symbol, kind: 'candle', timeframe: '1h' },
    toTable(change(market.get(symbol) ?? [])),
  ),
})

const without = (from: number, count: number) => (candles: readonly Candle[]) => [
  ...candles.slice(0, from),
  ...candles.slice(from + count),
]

/** The same outage in two series, and a third that is refused. */
const judged = [
  judge('BTC/USDT', without(1000, 40)),
  judge('ETH/USDT', without(1000, 40)),
  judge('SOL/USDT', candles => candles.map((c, i) => (i === 5000 ? { ...c, high: c.low / 2 } : c))),
]
const page = renderQualityReport({ judged, policy: DEFAULT_SERIES_POLICY, maxGapCandles: 6, atMs: 0 })

describe('the quality report', () => {
  it('is one file that loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:/)
  })

  it('says first what was rejected', () => {
    expect(page).toContain('<h1>SOL/USDT 1h rejected</h1>')
    expect(page).toMatch(/ohlcOrder.*?rejected.*?high [\d.]+ is below low [\d.]+/s)
  })

  it('has a cell for each month of each series, with its points and their reasons', () => {
    const strips = page.match(/<div class="strip">.*?<\/div>/gs) ?? []
    expect(strips.map(strip => strip.match(/<rect/g)?.length)).toEqual([25, 25, 25])
    // 40 of the 696 hours of 2020-02: 4 points for each hundredth
    expect(strips[0]).toMatch(/<title>2020-02: 7\d points; gap −23\.0 \(40 rows\)/)
  })

  it('has a calendar of every day: those with findings with a title, the others drawn together', () => {
    const [btc] = page.match(/<div class="calendar">.*?<\/div>/s) ?? []
    expect(btc?.match(/<figure>/g)).toHaveLength(5)
    // the hole begins at hour 1000: 2020-02-11 16:00
    expect(btc).toMatch(/<title>2020-02-11: 0 points; gap −100\.0 \(8 rows\)<\/title>/)
    expect(btc).toMatch(/<title>2020-02-12: 0 points; gap −100\.0 \(24 rows\)<\/title>/)
    expect(btc?.length).toBeLessThan(20_000)
  })

  it('says what several series share in one line', () => {
    const [top] = page.match(/Most important findings.*?<\/section>/s) ?? []
    expect(top?.match(/40 candles are missing/g)).toHaveLength(1)
    expect(top).toMatch(/BTC\/USDT 1h<\/a> and 1 more/)
  })

  it('explains every check with its weight and what was done', () => {
    for (const check of SERIES_CHECKS)
      expect(page).toMatch(new RegExp(`<th scope="row">${check}</th><td>(\\d|½|all)</td>`))
  })

  it('escapes names that are no HTML', () => {
    expect(page).toContain('BTC/USDT &lt;file&gt;.csv')
    expect(page).not.toContain('<file>')
  })

  it('says that nothing was found where nothing was', () => {
    const clean = { ...judged[0], judgement: { ...judged[0].judgement, findings: [], actions: [], rejected: [] } }
    const quiet = renderQualityReport({
      judged: [clean],
      policy: DEFAULT_SERIES_POLICY,
      maxGapCandles: 6,
      atMs: HOUR_MS,
    })
    expect(quiet).toContain('<h1>Accepted</h1>')
    expect(quiet).toContain('None: every check passed on every row.')
  })
})
