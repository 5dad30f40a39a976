import type { Bundle } from '../bundle/bundle.ts'
import type { CandleSeries } from '../candle/candle.ts'
import { sliceSeries } from '../candle/series.ts'
import type { Engine } from '../engine.ts'
import { ConfigError, FeatureError, ForecastError, ServiceError, throwIfAborted } from '../errors.ts'
import { computeFeatures } from '../feature/compute-features.ts'
import { findFeature } from '../feature/registry.ts'
import { MEMORY_CANDLES } from '../feature/shared-series.ts'
import { KnownRows } from '../window/known-rows.ts'
import { createWindower, type Windower } from '../window/windower.ts'
import { createCalibratedRows } from './calibrated-rows.ts'
import { explainForecast } from './explanation.ts'
import type { Forecast, ForecastSeries } from './forecast.ts'
import { createForecastReader, type ForecastReader } from './forecast-at.ts'
import { createSeriesFollower, type SeriesFollower } from './series-follower.ts'
import { SliceSizes } from './slice-sizes.ts'

export interface PredictSeriesOptions {
  readonly series: CandleSeries
  /** Windows per slice; default: as many as keep progress and abort responsive, whatever the engine's speed. */
  readonly batchSize?: number
  /** Called after each slice. */
  readonly onProgress?: (doneCandles: number, totalCandles: number) => void
  /** Checked before each slice. */
  readonly signal?: AbortSignal
}

/** A bundle on an engine: candle series that have been validated in, calibrated forecasts out. */
export interface Forecaster {
  /** Fewest candles a forecast needs: feature warm-up plus lookback. */
  readonly candlesNeeded: number
  /**
   * Forecasts at the close of the newest candle.
   * @throws FeatureError `TOO_FEW_CANDLES`; ForecastError `WRONG_TIMEFRAME`; ServiceError `UNKNOWN_SYMBOL`; EngineError
   */
  forecastNewest(series: CandleSeries, options?: { readonly explain?: boolean }): Promise<Forecast>
  /**
   * Forecasts at every close that has enough candles before it.
   * @throws as `forecastNewest`; ConfigError `INVALID_BATCH_SIZE`; AbortedError
   */
  forecastSeries(options: PredictSeriesOptions): Promise<ForecastSeries>
  /** Forecasts at the newest candle, and from there on at each one pushed. @throws as `forecastNewest` */
  follow(series: CandleSeries): Promise<SeriesFollower>
  /** One row of a series as a forecast, without explanation. @throws ForecastError `INDEX_OUT_OF_RANGE` */
  readonly forecastAt: ForecastReader
}

/**
 * Puts a bundle and an engine that holds its weights to work.
 * @throws FeatureError `UNKNOWN_FEATURE` where the bundle needs a feature that this version does not have
 */
export function createForecaster({ bundle, engine }: { bundle: Bundle; engine: Engine }): Forecaster {
  const { manifest } = bundle
  const { horizons, quantiles: quantileLevels } = manifest
  const { lookback } = manifest.network
  const fillRows = createCalibratedRows(manifest)
  const forecastAt = createForecastReader(manifest)
  const names = manifest.features.map(f => f.name)
  const knownRows = new KnownRows(manifest.features.filter(f => f.kind === 'known'))
  const candlesNeeded = warmupOf(names) + lookback

  function windowsOf(series: CandleSeries, knownRows?: KnownRows): { windower: Windower; volatility: Float64Array } {
    const symbolIndex = manifest.symbols.indexOf(series.symbol)
    if (symbolIndex < 0) {
      throw new ServiceError(
        'UNKNOWN_SYMBOL',
        `Symbol '${series.symbol}' is not one that ${manifest.name}@${manifest.version} was trained on. It knows: ${manifest.symbols.join(', ')}.`,
        { symbol: series.symbol, known: manifest.symbols },
      )
    }
    if (series.timeframe !== manifest.timeframe) {
      throw new ForecastError(
        'WRONG_TIMEFRAME',
        `${series.symbol} candles are ${series.timeframe}, but ${manifest.name}@${manifest.version} forecasts ${manifest.timeframe} candles.`,
        { symbol: series.symbol, timeframe: series.timeframe, expected: manifest.timeframe },
      )
    }
    if (series.length < candlesNeeded) {
      throw new FeatureError(
        'TOO_FEW_CANDLES',
        `${series.symbol}: ${series.length} candles given, ${candlesNeeded} needed (feature warm-up and a lookback of ` +
          `${lookback}). Give ${candlesNeeded - series.length} more from before.`,
        { symbol: series.symbol, given: series.length, needed: candlesNeeded },
      )
    }
    const table = computeFeatures(series, names)
    const windower = createWindower({
      table,
      features: manifest.features,
      horizons,
      lookback,
      symbolIndex,
      ...(knownRows && { knownRows }),
    })
    return { windower, volatility: table.shared.volatility }
  }

  /** Rows for a series from `firstIndex` on, to be filled. */
  const emptyForecasts = (series: CandleSeries, firstIndex: number, volatility: Float64Array): ForecastSeries => {
    const rows = (series.length - firstIndex) * horizons.length
    return {
      series,
      horizons,
      quantileLevels,
      firstIndex,
      logReturnQuantiles: new Float32Array(rows * quantileLevels.length),
      widthRatio: new Float32Array(rows),
      volatility,
    }
  }

  /** A forecast at a series' newest candle. */
  const readNewest = (series: CandleSeries, volatility: Float64Array, quantiles: Float32Array): Forecast => {
    const newest = series.length - 1
    const forecasts = emptyForecasts(series, newest, volatility)
    fillRows(forecasts, 0, quantiles)
    return forecastAt(forecasts, newest)
  }

  /** No more of a series than its newest window needs; values do not depend on what comes before. */
  const newestPart = (series: CandleSeries): CandleSeries =>
    series.length > candlesNeeded ? sliceSeries(series, series.length - candlesNeeded, series.length) : series

  return {
    candlesNeeded,
    forecastAt,
    async forecastNewest(whole, { explain = false } = {}) {
      const series = newestPart(whole)
      const newest = series.length - 1
      const { windower, volatility } = windowsOf(series, knownRows)
      const { quantiles, explanation } = await engine.forward(windower.batch([newest]), { explain })
      return {
        ...readNewest(series, volatility, quantiles),
        explanation: explanation ? explainForecast(explanation, windower.stepTimesMs(newest), manifest) : null,
      }
    },
    async forecastSeries({ series, batchSize, onProgress, signal }) {
      checkBatchSize(batchSize)
      const { windower, volatility } = windowsOf(series)
      const firstIndex = candlesNeeded - 1
      const forecasts = emptyForecasts(series, firstIndex, volatility)
      const rows = series.length - firstIndex
      const sizes = new SliceSizes(batchSize)
      for (let done = 0; done < rows; ) {
        throwIfAborted(signal, `Forecasting ${series.symbol}`)
        const from = firstIndex + done
        const to = Math.min(series.length, from + sizes.next())
        fillRows(forecasts, done, await sizes.time(() => engine.slide(windower.series(from, to - 1))))
        done = to - firstIndex
        onProgress?.(done, rows)
        if (done < rows) await nextTask()
      }
      return forecasts
    },
    async follow(whole) {
      const series = newestPart(whole)
      const newest = series.length - 1
      const { windower, volatility } = windowsOf(series, knownRows)
      const follower = await engine.follow(windower.series(newest, newest))
      const forecast = readNewest(series, volatility, follower.quantiles)
      return createSeriesFollower({ manifest, knownRows, series, follower, forecast, read: readNewest })
    },
  }
}

function checkBatchSize(batchSize: number | undefined): void {
  if (batchSize === undefined || (Number.isInteger(batchSize) && batchSize >= 1)) return
  throw new ConfigError('INVALID_BATCH_SIZE', `batchSize is ${batchSize}: expected a whole number of 1 or more.`, {
    batchSize,
  })
}

/** Leading candles without every input; the ex-ante volatility, the unit of every forecast, is one even where no feature uses it. */
function warmupOf(names: readonly string[]): number {
  const warmups = names.map(findFeature).map(feature => (feature.kind === 'observed' ? feature.warmupCandles : 0))
  return Math.max(MEMORY_CANDLES, ...warmups)
}

/** Lets messages in between slices: an abort sent to a worker arrives as a message. */
const nextTask = (): Promise<void> => new Promise(resolve => setTimeout(resolve))
