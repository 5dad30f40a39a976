import type { Manifest } from '../bundle/manifest.ts'
import type { CandleSeries } from '../candle/candle.ts'
import { RollingCandles } from '../candle/rolling-candles.ts'
import type { Follower } from '../engine.ts'
import { ServiceError } from '../errors.ts'
import type { FeatureProgram } from '../feature/compile-features.ts'
import { FeatureStream, type StreamRow } from '../feature/feature-stream.ts'
import { replay } from '../feature/replay.ts'
import type { KnownRows } from '../window/known-rows.ts'
import { stepInputs } from '../window/step-inputs.ts'
import { checkStale, othersOf } from './check-context.ts'
import type { Forecast } from './forecast.ts'
import type { ForecastInputs } from './forecaster.ts'
import { missingValue } from './missing-value.ts'
import type { OtherCandles } from './other-candles.ts'

/** Forecasts one series candle by candle. Candles are trusted: whoever pushes them has checked them. */
export interface SeriesFollower {
  /** Of the newest candle. */
  readonly forecast: Forecast
  /**
   * Candles are taken in the order of the calls.
   * @throws ServiceError `STREAM_BROKEN` once a push has failed; FeatureError `STALE_CONTEXT`, `MISSING_INPUT`,
   *   `MISSING_VALUE` …; EngineError
   */
  push(candle: StreamRow, others?: OtherCandles): Promise<Forecast>
  /** Frees what the engine keeps between candles. */
  close(): void
}

export interface SeriesFollowerOptions {
  readonly manifest: Manifest
  readonly knownRows: KnownRows
  readonly program: FeatureProgram
  /** Up to the newest candle, other symbols' too. */
  readonly inputs: Required<ForecastInputs>
  /** The engine's, at the newest candle. */
  readonly follower: Follower
  /** Makes a forecast at a series' newest candle. */
  readonly read: (series: CandleSeries, volatility: Float64Array, quantiles: Float32Array) => Forecast
  /** At the newest candle. */
  readonly forecast: Forecast
}

/** A new candle costs one step of each feature and of the network, whatever the length of the history. */
export function createSeriesFollower(o: SeriesFollowerOptions): SeriesFollower {
  const { manifest, program, follower, read } = o
  const { series, panel } = o.inputs
  const reachMs = Math.max(...manifest.horizons) * program.stepMs
  const features = new FeatureStream(program)
  replay(features, [series, ...panel])
  /** By other symbol. */
  const newestMs = new Map(panel.map(({ symbol, openTimeMs, length }) => [symbol, openTimeMs[length - 1]]))
  const candles = new RollingCandles(series, 1)
  let forecast = o.forecast
  let brokenBy: unknown = null

  let turn: Promise<unknown> = Promise.resolve()

  const advance = async (candle: StreamRow, others: OtherCandles): Promise<Forecast> => {
    if (brokenBy !== null) throw streamBroken(series.symbol, brokenBy)
    try {
      const { openTimeMs } = candle
      for (const symbol of othersOf(program, series.symbol)) {
        if (others[symbol]) newestMs.set(symbol, openTimeMs)
        checkStale({ symbol: series.symbol, openTimeMs }, { symbol, newestMs: newestMs.get(symbol)! }, program)
      }
      features.push(
        openTimeMs,
        program.panelSymbols.map(symbol => (symbol === series.symbol ? candle : (others[symbol] ?? null))),
      )
      const [observed] = features.values
      const feature = observed.findIndex(value => Number.isNaN(value))
      if (feature >= 0) throw missingValue({ program, feature, candle, others })
      const inputs = stepInputs(observed, manifest.features, o.knownRows, openTimeMs + reachMs)
      const quantiles = await follower.push(inputs.observed, inputs.known)
      forecast = read(candles.push(candle), features.volatility, quantiles)
      return forecast
    } catch (error) {
      // Candles and engine may have moved on to different places.
      brokenBy = error
      throw error
    }
  }

  return {
    get forecast() {
      return forecast
    },
    push(candle, others = {}) {
      const forecasted = turn.then(() => advance(candle, others))
      turn = forecasted.catch(() => {})
      return forecasted
    },
    close: () => follower.dispose(),
  }
}

function streamBroken(symbol: string, cause: unknown): ServiceError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ServiceError(
    'STREAM_BROKEN',
    `This stream of ${symbol} failed at an earlier candle and cannot go on: ${why} Follow the symbol anew with its candles.`,
    { symbol, cause: why },
  )
}
