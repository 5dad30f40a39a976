import type { CandleSeries } from '../sdk/candle/candle.ts'
import { AbortedError, throwIfAborted } from '../sdk/errors.ts'
import type { ForecastSeries } from '../sdk/forecast/forecast.ts'
import type { Forecaster } from '../sdk/forecast/forecaster.ts'

/** A few symbols and periods that someone goes back and forth between. */
const KEPT_RUNS = 4

/** A slider that moves aborts one call and makes the next: a run that nobody waits for goes on for this long. */
const GRACE_MS = 250

export interface ForecastRequest {
  readonly series: CandleSeries
  readonly signal: AbortSignal
  readonly onProgress: (doneCandles: number, totalCandles: number) => void
}

interface Run {
  readonly series: CandleSeries
  readonly forecasts: Promise<ForecastSeries>
  readonly controller: AbortController
  readonly waiting: Set<ForecastRequest>
  isDone: boolean
}

/** Forecasts each series once, for all who ask for it, now or later. */
export class ForecastCache {
  readonly #forecaster: Pick<Forecaster, 'forecastSeries'>
  /** Oldest use first. */
  readonly #runs: Run[] = []

  constructor(forecaster: Pick<Forecaster, 'forecastSeries'>) {
    this.#forecaster = forecaster
  }

  /** @throws AbortedError when the request's signal fires; whatever `forecastSeries` throws */
  async get(request: ForecastRequest): Promise<ForecastSeries> {
    throwIfAborted(request.signal, `Forecasting ${request.series.symbol}`)
    const run = this.#runs.find(r => haveSameCandles(r.series, request.series)) ?? this.#start(request.series)
    this.#use(run)
    run.waiting.add(request)
    let onAbort: (() => void) | undefined
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(new AbortedError(`Forecasting ${request.series.symbol}`))
      request.signal.addEventListener('abort', onAbort)
    })
    try {
      return await Promise.race([run.forecasts, aborted])
    } finally {
      request.signal.removeEventListener('abort', onAbort!)
      run.waiting.delete(request)
      if (run.waiting.size === 0) setTimeout(() => this.#stopUnwanted(run), GRACE_MS)
    }
  }

  #start(series: CandleSeries): Run {
    const controller = new AbortController()
    const waiting = new Set<ForecastRequest>()
    const forecasts = this.#forecaster.forecastSeries({
      series,
      signal: controller.signal,
      onProgress: (done, total) => {
        for (const request of waiting) request.onProgress(done, total)
      },
    })
    const run: Run = { series, forecasts, controller, waiting, isDone: false }
    forecasts.then(
      () => {
        run.isDone = true
      },
      // What failed is not kept; those who wait for it are told by `forecasts` itself.
      () => this.#forget(run),
    )
    return run
  }

  #use(run: Run): void {
    this.#forget(run)
    this.#runs.push(run)
    if (this.#runs.length > KEPT_RUNS) this.#runs.shift()
  }

  #forget(run: Run): void {
    const at = this.#runs.indexOf(run)
    if (at >= 0) this.#runs.splice(at, 1)
  }

  #stopUnwanted(run: Run): void {
    if (run.isDone || run.waiting.size > 0) return
    // At once, or the next to ask would wait for a run that is about to stop.
    this.#forget(run)
    run.controller.abort()
  }
}

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const

const haveSameCandles = (a: CandleSeries, b: CandleSeries): boolean =>
  a.symbol === b.symbol &&
  a.timeframe === b.timeframe &&
  a.length === b.length &&
  COLUMNS.every(column => a[column].every((value, i) => value === b[column][i]))
