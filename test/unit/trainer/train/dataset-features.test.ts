import { describe, expect, it } from 'vitest'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import { testRanges } from '../../../../trainer/evaluate/test-ranges.ts'
import { type Dataset, prepareDataset } from '../../../../trainer/train/dataset.ts'
import { computeStretch, rememberedCandles } from '../../../../trainer/train/feature-set.ts'
import { type RunPanel, toPanel } from '../../../../trainer/train/panel.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const CANDLES = 3_000
/** ETH is listed later, is away for three hours and for sixty. */
const LISTED = 500
const AWAY: readonly (readonly [number, number])[] = [
  [900, 903],
  [1200, 1260],
  [2800, 2803],
]

const market = simulateMarket({ symbols: SYMBOLS, candles: CANDLES, timeframe: '1h', seed: 6 })
const startMs = market.get('BTC/USDT')![0].openTimeMs
const files = SYMBOLS.map(symbol => ({
  exchange: 'simulator',
  symbol,
  timeframe: '1h' as const,
  candles: market
    .get(symbol)!
    .filter((_, t) => symbol !== 'ETH/USDT' || (t >= LISTED && !AWAY.some(([from, to]) => t >= from && t < to))),
}))
const configWith = (features: readonly string[]) =>
  parseConfig(
    {
      name: 'tiny',
      data: { source: 'simulate', symbols: SYMBOLS },
      features,
      lookback: 4,
      horizons: [1, 6],
      backtest: { horizonCandles: 6 },
      split: { calibrationFraction: 0.2, testFraction: 0.2 },
    },
    'test config',
  )

/** Indices of BTC's candles at whose close there is a window, in all parts. */
function btcWindows(dataset: Dataset): Set<number> {
  const indices = new Set<number>()
  for (const set of [dataset.train, dataset.calibration, dataset.test]) {
    set.index.forEach((index, row) => {
      const { table } = dataset.segments[set.segment[row]]
      if (table.series.symbol === 'BTC/USDT') indices.add((table.series.openTimeMs[index] - startMs) / HOUR_MS)
    })
  }
  return indices
}

describe('a dataset whose features look at a symbol that is not always there', () => {
  const config = configWith([
    'return(1)',
    'leadReturn(ETH/USDT,1)',
    'marketDispersion(24)',
    'seasonAhead(6)',
    'hourSin(1)',
  ])
  const dataset = prepareDataset(config, files)

  it('leaves out the windows in which one has no value, and is scaled by the others', () => {
    const windows = btcWindows(dataset)
    expect(Math.min(...windows)).toBeGreaterThan(LISTED)
    // a leader's last return is carried forward for 48 hours, and then no longer
    expect(windows.has(1247)).toBe(true)
    for (let t = 1249; t < 1260 + 3; t++) expect(windows.has(t)).toBe(false)
    expect(windows.has(1270)).toBe(true)
    for (const { scaler } of dataset.features)
      expect(Number.isFinite(scaler.mean * scaler.standardDeviation)).toBe(true)
  })

  it('has the market of the config and a profile of the training period', () => {
    expect(dataset.featureSet.market).toEqual(SYMBOLS)
    expect(dataset.featureSet.profile?.volatility).toHaveLength(168)
  })

  it('is judged on the same bits: other symbols keep their gaps, as in a page', () => {
    const ranges = testRanges(dataset, rememberedCandles(dataset.featureSet, dataset))
    expect(ranges.map(({ series }) => series.symbol)).toEqual(SYMBOLS)
    for (const { series, panel, from, to } of ranges) {
      const served = computeStretch(dataset.featureSet, series, panel ?? [])
      const segment = dataset.segments.find(
        ({ table }) => table.series.symbol === series.symbol && table.series.openTimeMs.includes(series.openTimeMs[0]),
      )!
      const offset = segment.table.series.openTimeMs.indexOf(series.openTimeMs[0])
      served.observed.forEach((column, f) => {
        expect(column.subarray(from, to)).toEqual(segment.table.observed[f].slice(offset + from, offset + to))
      })
    }
  })
})

describe('a dataset whose features need a further column', () => {
  it('keeps it to its test ranges, and leaves out the windows over an hour at which it is not known', () => {
    const config = configWith(['return(1)', 'funding(1)', 'hourSin(1)'])
    const withFunding = (rows: FeatureRows): FeatureRows => ({
      ...rows,
      inputs: { fundingRate: rows.openTimeMs.map(time => (time === startMs + 1_000 * HOUR_MS ? Number.NaN : 1e-4)) },
    })
    const { own, market } = toPanel(config, files)
    const panel: RunPanel = { own: own.map(withFunding), market: market.map(withFunding) }
    const dataset = prepareDataset(config, files, panel)
    const windows = btcWindows(dataset)
    expect([999, 1000, 1003, 1004].map(t => windows.has(t))).toEqual([true, false, false, true])
    for (const { series } of testRanges(dataset, 800)) {
      expect(series.inputs?.fundingRate).toHaveLength(series.length)
    }
  })
})
