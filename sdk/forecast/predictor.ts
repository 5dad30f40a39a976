import type { Bundle } from '../bundle/bundle.ts'
import type { Candle } from '../candle/candle.ts'
import { validateCandles } from '../candle/validate-candles.ts'
import { validateNextCandle } from '../candle/validate-next-candle.ts'
import type { Engine } from '../engine.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import type { Forecast, ForecastSeries } from './forecast.ts'
import type { ForecastReader } from './forecast-at.ts'
import { type ForecastContext, toForecastInputs } from './forecast-context.ts'
import type { ForecastNeeds } from './forecast-needs.ts'
import { createForecaster, type ForecastInputs, type PredictSeriesOptions } from './forecaster.ts'
import { checkOthers, type OtherCandles } from './other-candles.ts'

export interface FollowCandlesOptions {
  readonly symbol: string
  /** Closed candles, oldest first, contiguous; the first forecast is made at the close of the last one. */
  readonly candles: readonly Candle[]
  /** What the bundle's features need besides these candles (`contextSymbols`, `inputsNeeded`), if anything. */
  readonly context?: ForecastContext
  /** A candle that closes after this is refused; default now. */
  readonly nowMs?: number
}

export interface PredictOneOptions extends FollowCandlesOptions {
  /** Also return attention and variable importance; default false. */
  readonly explain?: boolean
}

export interface PushOptions {
  /** A candle that closes after this is refused; default now. */
  readonly nowMs?: number
  /** Other symbols' candles of the same time, for cross-asset features; a symbol left out has none. */
  readonly others?: OtherCandles
}

/** Forecasts of one symbol, candle by candle. */
export interface CandleFollower {
  /** Of the newest candle. */
  readonly forecast: Forecast
  /**
   * Takes the next closed candle in and forecasts at its close. A candle that is refused changes nothing;
   * candles are taken in the order of the calls.
   * @throws CandleError; ServiceError `STREAM_BROKEN` once a forecast has failed; FeatureError; EngineError
   */
  push(candle: StreamRow, options?: PushOptions): Promise<Forecast>
  /** Frees what the engine keeps between candles. */
  close(): void
}

/** A bundle on an engine: candles in, calibrated forecasts out. The same for one candle, a series, a trainer and a page. */
export interface Predictor extends ForecastNeeds {
  /**
   * Forecasts at the close of the newest candle.
   * @throws CandleError; FeatureError `TOO_FEW_CANDLES`, `NO_CANDLES`, `STALE_CONTEXT`, `INPUT_LENGTH`, `INPUT_TYPE`,
   *   `MISSING_INPUT`, `MISSING_VALUE`; ServiceError `UNKNOWN_SYMBOL`; EngineError
   */
  predict(options: PredictOneOptions): Promise<Forecast>
  /**
   * Forecasts at every close that has enough candles before it.
   * @throws FeatureError `TOO_FEW_CANDLES`; ForecastError `WRONG_TIMEFRAME`; ServiceError `UNKNOWN_SYMBOL`;
   *   ConfigError `INVALID_BATCH_SIZE`; EngineError; AbortedError
   */
  predictSeries(options: PredictSeriesOptions): Promise<ForecastSeries>
  /** Forecasts at the newest candle and at each one that follows, computing only what is new. @throws as `predict` */
  follow(options: FollowCandlesOptions): Promise<CandleFollower>
  /** One row of a series as a forecast, without explanation. @throws ForecastError `INDEX_OUT_OF_RANGE` */
  readonly forecastAt: ForecastReader
}

/**
 * Puts a bundle and an engine that holds its weights to work.
 * @throws FeatureError `UNKNOWN_FEATURE` where the bundle needs a feature that this version does not have
 */
export function createPredictor(o: { bundle: Bundle; engine: Engine }): Predictor {
  const { timeframe } = o.bundle.manifest
  const forecaster = createForecaster(o)
  const inputsOf = ({ symbol, candles, context, nowMs }: FollowCandlesOptions): ForecastInputs => {
    const series = validateCandles(candles, { symbol, timeframe, ...(nowMs === undefined ? {} : { nowMs }) })
    return toForecastInputs(series, context, nowMs)
  }

  return {
    candlesNeeded: forecaster.candlesNeeded,
    candlesRemembered: forecaster.candlesRemembered,
    contextSymbols: forecaster.contextSymbols,
    inputsNeeded: forecaster.inputsNeeded,
    forecastAt: forecaster.forecastAt,
    predict: async ({ explain = false, ...asked }) => forecaster.forecastNewest({ ...inputsOf(asked), explain }),
    predictSeries: options => forecaster.forecastSeries(options),
    async follow(asked) {
      const follower = await forecaster.follow(inputsOf(asked))
      let newest: StreamRow = { ...asked.candles[asked.candles.length - 1] }
      return {
        get forecast() {
          return follower.forecast
        },
        async push(candle, { nowMs = Date.now(), others = {} } = {}) {
          validateNextCandle(newest, candle, { symbol: asked.symbol, timeframe, nowMs })
          checkOthers(others, { symbol: asked.symbol, timeframe, openTimeMs: candle.openTimeMs })
          newest = { ...candle }
          return follower.push(newest, others)
        },
        close: () => follower.close(),
      }
    },
  }
}
