import type { Candle, CandleSeries } from '../../../../sdk/candle/candle.ts'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import type { ForecastSeries } from '../../../../sdk/forecast/forecast.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

/** Hourly candles from their opens and closes; the first one opens at 0. */
export function seriesOf(openAndClose: readonly (readonly [open: number, close: number])[]): CandleSeries {
  const candles = openAndClose.map(
    ([open, close], i): Candle => ({
      openTimeMs: i * HOUR_MS,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 1,
    }),
  )
  return validateCandles(candles, { symbol: 'BTC/USDT', timeframe: '1h' })
}

/** A geometric random walk with gaps between close and open. */
export function randomSeries(length: number, seed: number, deviation = 0.01): CandleSeries {
  const { normal } = createRandom(seed, 'backtest-test')
  let close = 100
  return seriesOf(
    Array.from({ length }, () => {
      const open = close * Math.exp(0.1 * deviation * normal())
      close = open * Math.exp(deviation * normal())
      return [open, close] as const
    }),
  )
}

export const LEVELS = [0.1, 0.5, 0.9]

/**
 * Forecasts for one horizon whose mean and median are the edges given and whose 80 % interval is ±`halfWidth`;
 * the earlier candles of the series have none.
 */
export function forecastsOf(
  series: CandleSeries,
  edgesBps: readonly number[],
  { horizonCandles = 2, halfWidth = 0.02, widthRatio = 1 } = {},
): ForecastSeries {
  return {
    series,
    horizons: [horizonCandles],
    quantileLevels: LEVELS,
    firstIndex: series.length - edgesBps.length,
    logReturnQuantiles: Float32Array.from(
      edgesBps.flatMap(bps => [bps / 1e4 - halfWidth, bps / 1e4, bps / 1e4 + halfWidth]),
    ),
    widthRatio: new Float32Array(edgesBps.length).fill(widthRatio),
    volatility: new Float64Array(series.length).fill(0.01),
    missing: new Uint8Array(series.length),
  }
}

export const THRESHOLDS = { minEdgeToCost: 1, maxWidthRatio: 1.5, usualWidths: [2.56], note: '' }
