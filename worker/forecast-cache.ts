import { AbortedError, throwIfAborted } from '../sdk/errors.ts'
import type { FeatureRows } from '../sdk/feature/feature-table.ts'
import type { ForecastSeries } from '../sdk/forecast/forecast.ts'
import type { Forecaster, ForecastInputs } from '../sdk/forecast/forecaster.ts'

/** A few symbols and periods that someone goes back and forth between. */
const KEPT_RUNS = 4

/** A slider that moves aborts one call and makes the next: a run that nobody waits for goes on for this long. */
const GRACE_MS = 250

export interface ForecastRequest extends ForecastInputs {
  readonly signal: AbortSignal
  readonly onProgress: (doneCandles: number, totalCandles: number) => void
}

interface Run {
  readonly inputs: ForecastInputs
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
    const run = this.#runs.find(r => areSameInputs(r.inputs, request)) ?? this.#start(request)
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

  #start({ series, panel = [] }: ForecastInputs): Run {
    const controller = new AbortController()
    const waiting = new Set<ForecastRequest>()
    const forecasts = this.#forecaster.forecastSeries({
      series,
      panel,
      signal: controller.signal,
      onProgress: (done, total) => {
        for (const request of waiting) request.onProgress(done, total)
      },
    })
    const run: Run = { inputs: { series, panel }, forecasts, controller, waiting, isDone: false }
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

const areSameInputs = (a: ForecastInputs, b: ForecastInputs): boolean => {
  const [panelA, panelB] = [a.panel ?? [], b.panel ?? []]
  return (
    areSameRows(a.series, b.series) &&
    panelA.length === panelB.length &&
    panelA.every((rows, i) => areSameRows(rows, panelB[i]))
  )
}

const areSameRows = (a: FeatureRows, b: FeatureRows): boolean => {
  const [inputsA, inputsB] = [a.inputs ?? {}, b.inputs ?? {}]
  return (
    a.symbol === b.symbol &&
    a.timeframe === b.timeframe &&
    a.length === b.length &&
    COLUMNS.every(column => areSameValues(a[column], b[column])) &&
    Object.keys(inputsA).join() === Object.keys(inputsB).join() &&
    Object.entries(inputsA).every(([name, column]) => areSameValues(column, inputsB[name]))
  )
}

const areSameValues = (a: Float64Array, b: Float64Array): boolean => a.every((value, i) => Object.is(value, b[i]))
