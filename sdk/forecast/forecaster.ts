import type { Bundle } from '../bundle/bundle.ts'
import { featureSetOf } from '../bundle/manifest.ts'
import type { CandleSeries } from '../candle/candle.ts'
import type { Engine } from '../engine.ts'
import { ConfigError, FeatureError, ForecastError, ServiceError, throwIfAborted } from '../errors.ts'
import { compileFeatures, type FeatureProgram } from '../feature/compile-features.ts'
import { computePanel } from '../feature/compute-features.ts'
import type { FeatureRows, FeatureTable } from '../feature/feature-table.ts'
import { KnownRows } from '../window/known-rows.ts'
import { createWindower, type Windower } from '../window/windower.ts'
import { createCalibratedRows } from './calibrated-rows.ts'
import { checkContext } from './check-context.ts'
import { explainForecast } from './explanation.ts'
import type { Forecast, ForecastSeries } from './forecast.ts'
import { createForecastReader, type ForecastReader } from './forecast-at.ts'
import { type ForecastNeeds, needsOf } from './forecast-needs.ts'
import { newestPart } from './newest-part.ts'
import { RecentFeatures } from './recent-features.ts'
import { createSeriesFollower, type SeriesFollower } from './series-follower.ts'
import { SliceSizes } from './slice-sizes.ts'

/** What a forecast is made from. */
export interface ForecastInputs {
  /** Contiguous; with the further columns that its features need, if any. */
  readonly series: FeatureRows
  /** Candles of other symbols, for cross-asset features. */
  readonly panel?: readonly FeatureRows[]
}

export interface PredictSeriesOptions extends ForecastInputs {
  /** Windows per slice; default: as many as keep progress and abort responsive, whatever the engine's speed. */
  readonly batchSize?: number
  /** Called after each slice. */
  readonly onProgress?: (doneCandles: number, totalCandles: number) => void
  /** Checked before each slice. */
  readonly signal?: AbortSignal
}

/** What is kept for each symbol. */
interface SymbolFeatures {
  readonly program: FeatureProgram
  readonly knownRows: KnownRows
  readonly recent: RecentFeatures
}

/** A bundle on an engine: candle series that have been validated in, calibrated forecasts out. */
export interface Forecaster extends ForecastNeeds {
  /**
   * Forecasts at the close of the newest candle.
   * @throws FeatureError `TOO_FEW_CANDLES`, `NO_CANDLES`, `STALE_CONTEXT`, `MISSING_INPUT`, `MISSING_VALUE`; ForecastError
   *   `WRONG_TIMEFRAME`; ServiceError `UNKNOWN_SYMBOL`; EngineError
   */
  forecastNewest(options: ForecastInputs & { readonly explain?: boolean }): Promise<Forecast>
  /**
   * Forecasts at every close that has enough candles before it.
   * @throws as `forecastNewest`, but for `STALE_CONTEXT` and `MISSING_VALUE`; ConfigError `INVALID_BATCH_SIZE`; AbortedError
   */
  forecastSeries(options: PredictSeriesOptions): Promise<ForecastSeries>
  /** Forecasts at the newest candle, and from there on at each one pushed. @throws as `forecastNewest` */
  follow(inputs: ForecastInputs): Promise<SeriesFollower>
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
  const scalers = manifest.features.filter(f => f.kind === 'known').map(f => f.scaler)
  const symbols = new Map<string, SymbolFeatures>()
  for (const symbol of manifest.symbols) {
    const program = compileFeatures(featureSetOf(manifest), { symbols: [symbol], timeframe: manifest.timeframe })
    symbols.set(symbol, {
      program,
      knownRows: new KnownRows(program.known[0], scalers),
      recent: new RecentFeatures(program, lookback),
    })
  }
  const needs = needsOf(
    [...symbols.values()].map(({ program }) => program),
    lookback,
  )
  const { candlesNeeded, candlesRemembered } = needs

  /**
   * What is kept for a series' symbol, if the series will do.
   * @throws ServiceError `UNKNOWN_SYMBOL`; ForecastError `WRONG_TIMEFRAME`; FeatureError `TOO_FEW_CANDLES`
   */
  function featuresFor(series: CandleSeries): SymbolFeatures {
    const features = symbols.get(series.symbol)
    if (!features) {
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
    return features
  }

  const windowerOf = (table: FeatureTable, knownRows?: KnownRows): Windower =>
    createWindower({
      table,
      features: manifest.features,
      horizons,
      lookback,
      symbolIndex: manifest.symbols.indexOf(table.series.symbol),
      ...(knownRows && { knownRows }),
    })

  /** The newest window of a series, and no more. */
  const newestWindow = (whole: ForecastInputs) => {
    const { program, recent, knownRows } = featuresFor(whole.series)
    const inputs = newestPart(whole, candlesRemembered)
    checkContext(inputs, program)
    const table = recent.newest(inputs.series, inputs.panel)
    return { windower: windowerOf(table, knownRows), table, inputs, program, knownRows }
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
      missing: new Uint8Array(series.length - firstIndex),
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

  return {
    ...needs,
    forecastAt,
    async forecastNewest({ explain = false, ...inputs }) {
      const { windower, table } = newestWindow(inputs)
      const { quantiles, explanation } = await engine.forward(windower.batch([windower.lastIndex]), { explain })
      return {
        ...readNewest(table.series, table.volatility, quantiles),
        explanation: explanation
          ? explainForecast(explanation, windower.stepTimesMs(windower.lastIndex), manifest)
          : null,
      }
    },
    async forecastSeries({ series, panel = [], batchSize, onProgress, signal }) {
      checkBatchSize(batchSize)
      const { program } = featuresFor(series)
      const others = panel.filter(rows => rows.symbol !== series.symbol)
      const [table] = computePanel(program, [series, ...others])
      const windower = windowerOf(table)
      const firstIndex = candlesNeeded - 1
      const forecasts = emptyForecasts(series, firstIndex, table.volatility)
      const rows = series.length - firstIndex
      const sizes = new SliceSizes(batchSize)
      for (let done = 0; done < rows; ) {
        throwIfAborted(signal, `Forecasting ${series.symbol}`)
        const from = firstIndex + done
        const to = endOfRun(windower, from, Math.min(series.length, from + sizes.next()))
        if (to === from) leaveOut(forecasts, done++)
        else {
          fillRows(forecasts, done, await sizes.time(() => engine.slide(windower.series(from, to - 1))))
          done = to - firstIndex
        }
        onProgress?.(done, rows)
        if (done < rows) await nextTask()
      }
      return forecasts
    },
    async follow(whole) {
      const { windower, table, inputs, program, knownRows } = newestWindow(whole)
      const follower = await engine.follow(windower.series(windower.lastIndex, windower.lastIndex))
      const forecast = readNewest(table.series, table.volatility, follower.quantiles)
      return createSeriesFollower({ manifest, knownRows, program, inputs, follower, forecast, read: readNewest })
    },
  }
}

/** The first index from `from` on, before `end`, without a window. */
function endOfRun(windower: Windower, from: number, end: number): number {
  let index = from
  while (index < end && windower.isComplete(index)) index++
  return index
}

function leaveOut({ missing, horizons, quantileLevels, logReturnQuantiles, widthRatio }: ForecastSeries, row: number) {
  const [H, Q] = [horizons.length, quantileLevels.length]
  missing[row] = 1
  logReturnQuantiles.fill(Number.NaN, row * H * Q, (row + 1) * H * Q)
  widthRatio.fill(Number.NaN, row * H, (row + 1) * H)
}

function checkBatchSize(batchSize: number | undefined): void {
  if (batchSize === undefined || (Number.isInteger(batchSize) && batchSize >= 1)) return
  throw new ConfigError('INVALID_BATCH_SIZE', `batchSize is ${batchSize}: expected a whole number of 1 or more.`, {
    batchSize,
  })
}

/** Lets messages in between slices: an abort sent to a worker arrives as a message. */
const nextTask = (): Promise<void> => new Promise(resolve => setTimeout(resolve))
