import type { Manifest } from '../bundle/manifest.ts'
import type { Candle, CandleSeries } from '../candle/candle.ts'
import { RollingCandles } from '../candle/rolling-candles.ts'
import type { Follower } from '../engine.ts'
import { ServiceError } from '../errors.ts'
import { computeFeatures } from '../feature/compute-features.ts'
import { MEMORY_CANDLES } from '../feature/shared-series.ts'
import type { KnownRows } from '../window/known-rows.ts'
import { newestStepInputs } from '../window/step-inputs.ts'
import type { Forecast } from './forecast.ts'

/** Forecasts one series candle by candle. Candles are trusted: whoever pushes them has checked them. */
export interface SeriesFollower {
  /** Of the newest candle. */
  readonly forecast: Forecast
  /**
   * Candles are taken in the order of the calls.
   * @throws ServiceError `STREAM_BROKEN` once a push has failed; FeatureError; EngineError
   */
  push(candle: Candle): Promise<Forecast>
  /** Frees what the engine keeps between candles. */
  close(): void
}

export interface SeriesFollowerOptions {
  readonly manifest: Manifest
  readonly knownRows: KnownRows
  /** Up to the newest candle. */
  readonly series: CandleSeries
  /** The engine's, at the newest candle. */
  readonly follower: Follower
  /** Makes a forecast at a series' newest candle. */
  readonly read: (series: CandleSeries, volatility: Float64Array, quantiles: Float32Array) => Forecast
  /** At the newest candle. */
  readonly forecast: Forecast
}

/**
 * A feature's value at t depends on the candles `t − 168 … t` alone, bit for bit. So a new candle costs the features of one
 * short series, whatever the length of the history.
 */
export function createSeriesFollower(o: SeriesFollowerOptions): SeriesFollower {
  const { manifest, follower, read } = o
  const names = manifest.features.map(f => f.name)
  const longestHorizon = Math.max(...manifest.horizons)
  const candles = new RollingCandles(o.series, MEMORY_CANDLES + 1)
  let forecast = o.forecast
  let brokenBy: unknown = null

  let turn: Promise<unknown> = Promise.resolve()

  const advance = async (candle: Candle): Promise<Forecast> => {
    if (brokenBy !== null) throw streamBroken(o.series.symbol, brokenBy)
    try {
      const series = candles.push(candle)
      const table = computeFeatures(series, names)
      const { observed, known } = newestStepInputs(table, manifest.features, o.knownRows, longestHorizon)
      forecast = read(series, table.shared.volatility, await follower.push(observed, known))
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
    push(candle) {
      const forecasted = turn.then(() => advance(candle))
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
