import type { CandleSeries } from '../candle/candle.ts'
import { sliceSeries, toCandles } from '../candle/series.ts'
import { validateNextCandle } from '../candle/validate-next-candle.ts'
import { ServiceError } from '../errors.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { ForecastInputs } from '../forecast/forecaster.ts'
import { checkOthers } from '../forecast/other-candles.ts'
import type { PushOptions } from '../forecast/predictor.ts'
import type { ModelWorker } from './model-worker.ts'
import type { ForecastStream } from './service.ts'
import type { StreamId } from './worker-api.ts'
import type { WorkerLink } from './worker-link.ts'

/** The page's end of a series that a worker follows; it lives and dies with that worker. */
export class WorkerStream implements ForecastStream {
  readonly symbol: string
  readonly #timeframe: CandleSeries['timeframe']
  readonly #id: StreamId
  readonly #worker: ModelWorker
  readonly #link: WorkerLink
  readonly #begun: Promise<Forecast>
  #forecast: Promise<Forecast>
  #newest: StreamRow
  #isClosed = false

  /** @throws ServiceError `WORKER_KEEPS_DYING` */
  constructor(worker: ModelWorker, id: StreamId, inputs: ForecastInputs) {
    const { series } = inputs
    this.symbol = series.symbol
    this.#timeframe = series.timeframe
    this.#id = id
    this.#worker = worker
    this.#newest = toCandles(sliceSeries(series, series.length - 1, series.length))[0]
    this.#link = worker.liveLink()
    this.#begun = worker.call({ what: `Following ${series.symbol}`, send: api => api.follow(id, inputs) })
    this.#forecast = this.#begun
    // Whoever pushes is told.
    this.#begun.catch(() => {})
  }

  get forecast(): Promise<Forecast> {
    return this.#forecast
  }

  async push(candle: StreamRow, { nowMs = Date.now(), others = {} }: PushOptions = {}): Promise<Forecast> {
    this.#refuseWhenOver()
    validateNextCandle(this.#newest, candle, { symbol: this.symbol, timeframe: this.#timeframe, nowMs })
    const { openTimeMs, open, high, low, close, volume, inputs } = candle
    checkOthers(others, { symbol: this.symbol, timeframe: this.#timeframe, openTimeMs })
    this.#newest = { openTimeMs, open, high, low, close, volume, ...(inputs && { inputs }) }
    const next = this.#newest
    this.#forecast = this.#begun.then(() =>
      this.#link.call({ what: `Following ${this.symbol}`, send: api => api.push(this.#id, next, others) }),
    )
    this.#forecast.catch(() => {})
    return this.#forecast
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const free = () => this.#link.tell(api => api.unfollow(this.#id))
    this.#begun.then(free, () => {})
  }

  #refuseWhenOver(): void {
    if (this.#isClosed) {
      throw new ServiceError('STREAM_CLOSED', `This stream of ${this.symbol} has been closed. Follow the symbol anew.`)
    }
    if (this.#link.hasEnded && !this.#worker.isClosed) {
      throw new ServiceError(
        'STREAM_LOST',
        `The worker that followed ${this.symbol} has died, and its streams with it. Follow the symbol anew with its candles: the service starts another worker.`,
        { symbol: this.symbol },
      )
    }
  }
}
