import { resolve } from 'node:path'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import type { Candle } from '../../../sdk/candle/candle.ts'
import { fillShortGaps } from '../../../sdk/candle/fill-short-gaps.ts'
import { simulateMarket } from '../../../sdk/candle/simulate-market.ts'
import { splitAtGaps } from '../../../sdk/candle/split-at-gaps.ts'
import { validateCandles } from '../../../sdk/candle/validate-candles.ts'
import type { SeriesWindows } from '../../../sdk/engine.ts'
import { computeFeatures } from '../../../sdk/feature/compute-features.ts'
import { createWindower, type ScaledFeature } from '../../../sdk/window/windower.ts'
import { readBundleFolder } from '../../../trainer/registry/read-bundle-folder.ts'
import { GOLDEN_SPEC } from '../../fixtures/golden-tft.ts'
import { hasMarketData, recordedCandles } from '../../fixtures/market-data.ts'
import { REFERENCE_FEATURES, REFERENCE_HORIZONS } from './reference-features.ts'

/** Four years of hours. */
export const SERIES_STEPS = 35_000
const SYMBOL = 'BTC/USDT'
const TIMEFRAME = '1h'
/** What the trainer bridges as well. */
const MAX_GAP_CANDLES = 6
/** More than any feature needs before its first value. */
const WARMUP_CANDLES = 400

export interface BenchCandles {
  readonly candles: readonly Candle[]
  /** Where they come from, for people. */
  readonly source: string
}

let found: BenchCandles | undefined

/** Hourly candles of BTC/USDT without a gap: recorded ones where they are, else simulated. */
export function benchCandles(): BenchCandles {
  found ??= findCandles()
  return found
}

function findCandles(): BenchCandles {
  const count = SERIES_STEPS + WARMUP_CANDLES
  if (hasMarketData('benchmarks on recorded candles; simulated ones are used')) {
    const { candles } = fillShortGaps(recordedCandles('BTCUSDT'), {
      timeframe: TIMEFRAME,
      maxGapCandles: MAX_GAP_CANDLES,
    })
    const longest = splitAtGaps(candles, TIMEFRAME).reduce((best, piece) => (piece.length > best.length ? piece : best))
    return { candles: longest.slice(-count), source: 'recorded candles of BTC/USDT, Binance' }
  }
  const market = simulateMarket({ symbols: [SYMBOL], candles: count, timeframe: TIMEFRAME, seed: 1 })
  return { candles: market.get(SYMBOL)!, source: 'simulated candles' }
}

/** The candles as the inputs of a subject that reads candles. */
export async function recordedSeries(subject: string): Promise<SeriesWindows> {
  return subject === 'shipped'
    ? ofShippedBundle()
    : seriesOf(REFERENCE_FEATURES, GOLDEN_SPEC.lookback, REFERENCE_HORIZONS)
}

async function ofShippedBundle(): Promise<SeriesWindows> {
  const folder = resolve(import.meta.dirname, '../../../models/bundles/crypto-hourly/1.0.0')
  const { manifest } = await openBundle(await readBundleFolder(folder), folder)
  return seriesOf(manifest.features, manifest.network.lookback, manifest.horizons)
}

function seriesOf(features: readonly ScaledFeature[], lookback: number, horizons: readonly number[]): SeriesWindows {
  const series = validateCandles(benchCandles().candles, { symbol: SYMBOL, timeframe: TIMEFRAME })
  const table = computeFeatures(
    series,
    features.map(feature => feature.name),
  )
  const windower = createWindower({ table, features, horizons, lookback, symbolIndex: 0 })
  const first = Math.max(windower.firstIndex, windower.lastIndex - (SERIES_STEPS - lookback))
  return windower.series(first, windower.lastIndex)
}
