import type { Bundle } from '../bundle/bundle.ts'
import type { Candle, CandleSeries } from '../candle/candle.ts'
import { validateCandles } from '../candle/validate-candles.ts'
import type { Engine, EngineExplanation } from '../engine.ts'
import { ConfigError, FeatureError, ForecastError, ServiceError, throwIfAborted } from '../errors.ts'
import { computeFeatures } from '../feature/compute-features.ts'
import { findFeature } from '../feature/registry.ts'
import { MEMORY_CANDLES } from '../feature/shared-series.ts'
import { createWindower, type Windower } from '../window/windower.ts'
import { applyOffsets } from './calibration.ts'
import { explainForecast } from './explanation.ts'
import type { Forecast, ForecastSeries } from './forecast.ts'
import { createForecastReader, type ForecastReader } from './forecast-at.ts'
import { quantileWeights, weightedSum } from './quantile-distribution.ts'

/** Windows per forward pass over a series: large enough to feed a GPU, small enough for a responsive progress bar. */
const DEFAULT_BATCH_SIZE = 256

export interface PredictOneOptions {
  readonly symbol: string
  /** Closed candles, oldest first, contiguous; the forecast is made at the close of the last one. */
  readonly candles: readonly Candle[]
  /** Also return attention and variable importance; default false. */
  readonly explain?: boolean
  /** A candle that closes after this is refused; default now. */
  readonly nowMs?: number
}

export interface PredictSeriesOptions {
  readonly series: CandleSeries
  /** Windows per forward pass; default 256. */
  readonly batchSize?: number
  /** Called after each batch. */
  readonly onProgress?: (doneCandles: number, totalCandles: number) => void
  /** Checked before each batch. */
  readonly signal?: AbortSignal
}

interface BatchOptions {
  readonly batchSize: number
  readonly explain: boolean
  readonly onProgress?: PredictSeriesOptions['onProgress'] | undefined
  readonly signal?: AbortSignal | undefined
}

/** A bundle on an engine: candles in, calibrated forecasts out. The same for one candle, a series, a trainer and a page. */
export interface Predictor {
  /** Fewest candles a forecast needs: feature warm-up plus lookback. */
  readonly candlesNeeded: number
  /**
   * Forecasts at the close of the newest candle.
   * @throws CandleError; FeatureError `TOO_FEW_CANDLES`; ServiceError `UNKNOWN_SYMBOL`; EngineError
   */
  predict(options: PredictOneOptions): Promise<Forecast>
  /**
   * Forecasts at every close that has enough candles before it.
   * @throws FeatureError `TOO_FEW_CANDLES`; ForecastError `WRONG_TIMEFRAME`; ServiceError `UNKNOWN_SYMBOL`;
   *   ConfigError `INVALID_BATCH_SIZE`; EngineError; AbortedError
   */
  predictSeries(options: PredictSeriesOptions): Promise<ForecastSeries>
  /** One row of a series as a forecast, without explanation. @throws ForecastError `INDEX_OUT_OF_RANGE` */
  forecastAt: ForecastReader
}

/**
 * Puts a bundle and an engine that holds its weights to work.
 * @throws FeatureError `UNKNOWN_FEATURE` where the bundle needs a feature that this version does not have
 */
export function createPredictor(o: { bundle: Bundle; engine: Engine }): Predictor {
  const { manifest } = o.bundle
  const { horizons, quantiles: levels } = manifest
  const H = horizons.length
  const Q = levels.length
  const weights = quantileWeights(levels)
  const forecastAt = createForecastReader(manifest)
  const names = manifest.features.map(f => f.name)
  const candlesNeeded = warmupOf(names) + manifest.network.lookback

  function windowsOf(series: CandleSeries): { windower: Windower; volatility: Float64Array } {
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
          `${manifest.network.lookback}). Give ${candlesNeeded - series.length} more from before.`,
        { symbol: series.symbol, given: series.length, needed: candlesNeeded },
      )
    }
    const table = computeFeatures(series, names)
    const lookback = manifest.network.lookback
    const windower = createWindower({ table, features: manifest.features, horizons, lookback, symbolIndex })
    return { windower, volatility: table.shared.volatility }
  }

  /** Calibrated rows from `firstIndex` to the end, in batches; the explanation is that of the last batch. */
  async function forecastFrom(
    firstIndex: number,
    series: CandleSeries,
    { windower, volatility }: ReturnType<typeof windowsOf>,
    options: BatchOptions,
  ): Promise<{ forecasts: ForecastSeries; explanation: EngineExplanation | undefined }> {
    const rows = series.length - firstIndex
    const logReturnQuantiles = new Float32Array(rows * H * Q)
    const widthRatio = new Float32Array(rows * H)
    let explanation: EngineExplanation | undefined

    for (let done = 0; done < rows; ) {
      throwIfAborted(options.signal, `Forecasting ${series.symbol}`)
      const size = Math.min(options.batchSize, rows - done)
      const indices = Int32Array.from({ length: size }, (_, b) => firstIndex + done + b)
      const output = await o.engine.forward(windower.batch(indices), { explain: options.explain })
      explanation = output.explanation
      const calibrated = applyOffsets(output.quantiles, manifest.calibration.offsets) // [size, H, Q]
      for (let b = 0; b < size; b++) {
        for (let h = 0; h < H; h++) {
          const from = (b * H + h) * Q
          const to = ((done + b) * H + h) * Q
          const scale = volatility[indices[b]] * Math.sqrt(horizons[h])
          for (let q = 0; q < Q; q++) logReturnQuantiles[to + q] = calibrated[from + q] * scale
          widthRatio[to / Q] = weightedSum(weights.width80, calibrated, from) / manifest.gate.usualWidths[h]
        }
      }
      done += size
      options.onProgress?.(done, rows)
      if (done < rows) await nextTask()
    }
    const forecasts = {
      series,
      horizons,
      quantileLevels: levels,
      firstIndex,
      logReturnQuantiles,
      widthRatio,
      volatility,
    }
    return { forecasts, explanation }
  }

  return {
    candlesNeeded,
    forecastAt,
    async predict({ symbol, candles, explain = false, nowMs }) {
      const series = validateCandles(candles, {
        symbol,
        timeframe: manifest.timeframe,
        ...(nowMs === undefined ? {} : { nowMs }),
      })
      const newest = series.length - 1
      const windows = windowsOf(series)
      const { forecasts, explanation } = await forecastFrom(newest, series, windows, { batchSize: 1, explain })
      return {
        ...forecastAt(forecasts, newest),
        explanation: explanation ? explainForecast(explanation, windows.windower.stepTimesMs(newest), manifest) : null,
      }
    },
    async predictSeries({ series, batchSize = DEFAULT_BATCH_SIZE, onProgress, signal }) {
      if (!Number.isInteger(batchSize) || batchSize < 1) {
        throw new ConfigError(
          'INVALID_BATCH_SIZE',
          `batchSize is ${batchSize}: expected a whole number of 1 or more.`,
          {
            batchSize,
          },
        )
      }
      const options = { batchSize, explain: false, onProgress, signal }
      const { forecasts } = await forecastFrom(candlesNeeded - 1, series, windowsOf(series), options)
      return forecasts
    },
  }
}

/** Leading candles without every input; the ex-ante volatility, the unit of every forecast, is one even where no feature uses it. */
function warmupOf(names: readonly string[]): number {
  const warmups = names.map(findFeature).map(feature => (feature.kind === 'observed' ? feature.warmupCandles : 0))
  return Math.max(MEMORY_CANDLES, ...warmups)
}

/** Lets messages in between batches: an abort sent to a worker arrives as a message. */
const nextTask = (): Promise<void> => new Promise(resolve => setTimeout(resolve))
