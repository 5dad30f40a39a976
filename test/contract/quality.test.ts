import { basename, dirname } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { assessCandles } from '../../sdk/candle/quality/assess-candles.ts'
import { HOUR_MS, timeframeMs } from '../../sdk/units.ts'
import { toCandles } from '../../trainer/data/candle-table.ts'
import { readMarketFile } from '../../trainer/data/import/read-market-file.ts'
import type { Table } from '../../trainer/data/kind.ts'
import type { SeriesKey } from '../../trainer/data/market-store.ts'
import { acceptSeries } from '../../trainer/data/quality/accept-series.ts'
import { findMarketFiles } from '../../trainer/data/quality/find-market-files.ts'
import { type Judgement, judgeSeries } from '../../trainer/data/quality/judge-series.ts'
import type { SeriesCheck, SeriesFinding } from '../../trainer/data/quality/series-finding.ts'
import { hasMarketData, recordedPath } from '../fixtures/market-data.ts'

interface Judged {
  readonly path: string
  readonly key: SeriesKey
  readonly table: Table
  readonly judgement: Judgement
}

/** What SOURCES.md says about the recorded files, and what is not said: that the rest is sound. */
describe.skipIf(!hasMarketData('quality of the recorded files'))('in the recorded files', { timeout: 120_000 }, () => {
  const judged: Judged[] = []

  beforeAll(async () => {
    const folders = ['candles', 'perp'].map(folder => dirname(recordedPath(folder, '')))
    const funding = ['TONUSDT', 'ENAUSDT', 'LTCUSDT', 'BTCUSDT'].map(pair =>
      recordedPath('funding', `binance_perp_${pair}_funding`),
    )
    for (const path of await findMarketFiles([...folders, ...funding])) {
      const { series } = await readMarketFile(path)
      for (const { key, table } of series) judged.push({ path, key, table, judgement: judgeSeries(key, table) })
    }
  }, 120_000)

  const of = (start: string): Judged => {
    const found = judged.find(({ path }) => basename(path).startsWith(start))
    if (found === undefined) throw new Error(`No file ${start}… was judged`)
    return found
  }
  const findings = (start: string, check: SeriesCheck, fromMs = 0): SeriesFinding[] =>
    of(start).judgement.findings.filter(finding => finding.check === check && finding.range.fromMs >= fromMs)
  const rows = (found: readonly SeriesFinding[]): number => found.reduce((sum, finding) => sum + finding.rows, 0)
  const iso = (timeMs: number): string => new Date(timeMs).toISOString()
  const FULL = ['ADA', 'AVAX', 'BCH', 'BTC', 'DOGE', 'ETH', 'LINK', 'LTC', 'SOL', 'XRP']

  it('there are 17 of spot candles, 29 of perpetual candles and 4 of funding', () => {
    expect(judged).toHaveLength(50)
  })

  it('nothing is an error but what is known: another asset as LUNA, and an FTX file stamped at the close', () => {
    const errors = judged.flatMap(({ path, judgement }) =>
      judgement.findings.filter(f => f.severity === 'error').map(f => `${basename(path).split('_20')[0]} ${f.check}`),
    )
    expect(errors).toEqual(['binance_LUNAUSDT_1h assetChange', 'ftx_perp_BTC-PERP_1m-barclose closeStamped'])
  })

  it('all 17 of spot candles are accepted by the default policy', () => {
    const spot = judged.filter(({ path }) => path.includes('/candles/'))
    expect(spot.map(({ judgement }) => judgement.rejected)).toEqual(Array.from({ length: 17 }, () => []))
  })

  it.each(FULL)('%s of spot has 7 gaps of 14 hours since 2021', symbol => {
    const gaps = findings(`binance_${symbol}USDT_1h_`, 'gap', Date.UTC(2021, 0, 1))
    expect([gaps.length, rows(gaps)]).toEqual([7, 14])
  })

  it('BTC has 27 gaps of 122 hours since 2018, the longest 33 h on 2018-02-08', () => {
    const gaps = findings('binance_BTCUSDT_1h_', 'gap')
    expect([gaps.length, rows(gaps)]).toEqual([27, 122])
    const longest = gaps.reduce((a, b) => (b.rows > a.rows ? b : a))
    expect([longest.rows, iso(longest.range.fromMs).slice(0, 10)]).toEqual([33, '2018-02-08'])
  })

  it.each(FULL)('%s of spot has no volume at 2021-02-11 03:00 and 2023-03-24 12:00', symbol => {
    const times = findings(`binance_${symbol}USDT_1h_`, 'zeroVolume', Date.UTC(2021, 0, 1)).map(f =>
      iso(f.range.fromMs),
    )
    expect(times).toEqual(['2021-02-11T03:00:00.000Z', '2023-03-24T12:00:00.000Z'])
  })

  it('LUNA becomes another asset after 437 h, 20,000 times dearer', () => {
    const [hole] = findings('binance_LUNAUSDT_', 'gap').filter(({ rows }) => rows > 100)
    expect([hole.rows, iso(hole.range.fromMs), iso(hole.range.toMs)]).toEqual([
      437,
      '2022-05-13T01:00:00.000Z',
      '2022-05-31T06:00:00.000Z',
    ])
    const [change] = findings('binance_LUNAUSDT_', 'assetChange')
    expect([iso(change.range.fromMs), change.details.ratio]).toEqual(['2022-05-31T06:00:00.000Z', 1 / 0.00005])
    const { months, repairs } = of('binance_LUNAUSDT_').judgement
    expect(months.find(({ period }) => period === '2022-05')?.score).toBe(0)
    expect(repairs.dropped).toHaveLength(change.details.rowsBefore as number)
  })

  it('FTT has a hole of 7,467 h and is the same asset after it', () => {
    const [hole] = findings('binance_FTTUSDT_', 'gap').filter(({ rows }) => rows > 100)
    expect([hole.rows, iso(hole.range.fromMs).slice(0, 10)]).toEqual([7467, '2022-11-15'])
    expect(findings('binance_FTTUSDT_', 'assetChange')).toEqual([])
  })

  it.each(['BTC', 'ETH', 'SOL'])('%s of 15 minutes has four candles without volume on 2024-10-28', symbol => {
    const found = findings(`binance_perp_${symbol}USDT_15m_`, 'zeroVolume')
    expect(found.map(f => [f.rows, iso(f.range.fromMs), iso(f.range.toMs)])).toEqual([
      [4, '2024-10-28T20:00:00.000Z', '2024-10-28T21:00:00.000Z'],
    ])
  })

  it('FTX is stamped at the close, and is not once a candle is subtracted', async () => {
    const { path, key, table } = of('ftx_perp_')
    expect(rows(findings('ftx_perp_', 'closeStamped'))).toBe(45_031)
    expect(() => acceptSeries(key, table, path)).toThrow(/closeStamped.*--stamp close/s)
    const [opened] = (await readMarketFile(path, { stamp: 'close' })).series
    expect(acceptSeries(opened.key, opened.table, path).rejected).toEqual([])
  })

  it('every other file of 1 or 5 minutes is stamped at the open, and would be found out were it not', () => {
    const short = judged.filter(({ key }) => ['1m', '5m'].includes(key.timeframe ?? '') && key.exchange !== 'ftx')
    expect(short).toHaveLength(6)
    for (const { key, table } of short) {
      const stepMs = timeframeMs(key.timeframe ?? '1m')
      const late = toCandles(table).map(c => ({ ...c, openTimeMs: c.openTimeMs + stepMs }))
      const found = assessCandles(late, { symbol: key.symbol, timeframe: key.timeframe ?? '1m' })
      expect(found.filter(({ check }) => check === 'closeStamped')).toHaveLength(1)
    }
  })

  it('four days of minutes are too few to say when they are stamped', () => {
    const { key, table } = of('ftx_perp_')
    const found = assessCandles(toCandles(table).slice(0, 98 * 60), { symbol: key.symbol, timeframe: '1m' })
    expect(found.map(({ check }) => check)).not.toContain('closeStamped')
  })

  it('funding every 4 hours, as of TON and ENA, has no gap', () => {
    for (const symbol of ['TON', 'ENA']) expect(findings(`binance_perp_${symbol}USDT_funding`, 'gap')).toEqual([])
  })

  it('one payment that stands alone 4,004 h before the others is a gap of 1,000 rows', () => {
    const { key, table } = of('binance_perp_TONUSDT_funding')
    const { timeMs, rate } = table.columns as Record<string, Float64Array>
    const alone = timeMs[0] - 4004 * HOUR_MS
    const columns = { timeMs: Float64Array.of(alone, ...timeMs), rate: Float64Array.of(1e-4, ...rate) }
    const gaps = judgeSeries(key, { length: columns.rate.length, columns }).findings.filter(f => f.check === 'gap')
    expect(gaps.map(f => [f.rows, f.range.fromMs])).toEqual([[1000, alone + 4 * HOUR_MS]])
  })

  it('LTC pays exactly 0 in 312 rows, of which runs of up to 42 are shown', () => {
    const { rate } = of('binance_perp_LTCUSDT_funding').table.columns as Record<string, Float64Array>
    expect(rate.filter(value => value === 0)).toHaveLength(312)
    const runs = findings('binance_perp_LTCUSDT_funding', 'constantRun')
    expect(runs.every(({ details }) => details.value === 0)).toBe(true)
    expect(Math.max(...runs.map(({ rows }) => rows))).toBe(42)
    // the rate of 0.0001 that the exchange rests at comes in runs of up to 83, and is none
    expect(findings('binance_perp_BTCUSDT_funding', 'constantRun')).toEqual([])
  })
})
