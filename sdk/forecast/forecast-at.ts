import type { Manifest } from '../bundle/manifest.ts'
import { ForecastError } from '../errors.ts'
import { formatTimeMs, timeframeMs } from '../units.ts'
import type { Forecast, ForecastSeries } from './forecast.ts'
import { quantileWeights, weightedSum } from './quantile-distribution.ts'

/** Reads the forecast made at the close of candle `index`. */
export type ForecastReader = (forecasts: ForecastSeries, index: number) => Forecast

/** A reader of the series that this manifest's model made. */
export function createForecastReader(manifest: Pick<Manifest, 'name' | 'version' | 'quantiles'>): ForecastReader {
  const weights = quantileWeights(manifest.quantiles)
  const model = `${manifest.name}@${manifest.version}`

  return (forecasts, index) => {
    const { series, firstIndex, horizons, quantileLevels: levels } = forecasts
    if (!Number.isInteger(index) || index < firstIndex || index >= series.length) {
      throw new ForecastError(
        'INDEX_OUT_OF_RANGE',
        `No forecast at candle ${index} of ${series.symbol}: there are forecasts from ${firstIndex} to ${series.length - 1}.`,
        { index, firstIndex, lastIndex: series.length - 1 },
      )
    }
    const row = index - firstIndex
    if (forecasts.missing[row] === 1) {
      throw new ForecastError(
        'NO_FORECAST',
        `No forecast at candle ${index} of ${series.symbol} (${formatTimeMs(series.openTimeMs[index])}): a feature had no value within its lookback.`,
        { symbol: series.symbol, index, openTimeMs: series.openTimeMs[index] },
      )
    }
    const candleMs = timeframeMs(series.timeframe)
    const asOfMs = series.openTimeMs[index] + candleMs
    const close = series.close[index]
    return {
      symbol: series.symbol,
      timeframe: series.timeframe,
      asOfMs,
      close,
      volatility: forecasts.volatility[index],
      quantileLevels: levels,
      horizons: horizons.map((horizonCandles, h) => {
        const at = (row * horizons.length + h) * levels.length
        const logReturnQuantiles = Array.from(forecasts.logReturnQuantiles.subarray(at, at + levels.length))
        return {
          horizonCandles,
          endTimeMs: asOfMs + horizonCandles * candleMs,
          logReturnQuantiles,
          priceQuantiles: logReturnQuantiles.map(r => close * Math.exp(r)),
          expectedLogReturn: weightedSum(weights.mean, logReturnQuantiles),
          widthRatio: forecasts.widthRatio[row * horizons.length + h],
        }
      }),
      explanation: null,
      model,
    }
  }
}
