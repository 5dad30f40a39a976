import type { BacktestReport } from '../backtest/backtest.ts'
import type { VerifiedBundle } from '../bundle/decode-bundle.ts'
import type { EngineInfo, TfjsBackend } from '../engine.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { ForecastNeeds } from '../forecast/forecast-needs.ts'
import type { ForecastInputs } from '../forecast/forecaster.ts'
import type { OtherCandles } from '../forecast/other-candles.ts'
import type { RememberedChoice } from '../store/engine-choice-store.ts'
import type { BacktestOptions, EngineChoice, LoadProgress, SelfTestReport } from './service.ts'

/** Names a call, so that `abort` can name it too: an `AbortSignal` cannot be sent to a worker. Unique per worker. */
export type CallId = number

/** Names a followed series. Unique per worker. */
export type StreamId = number

export interface LoadRequest {
  readonly bundle: VerifiedBundle
  readonly engine?: EngineChoice
  readonly backend?: TfjsBackend
  /** Keep the measured choice of an engine for the next load. */
  readonly rememberChoice: boolean
}

/** What the page does for a worker that loads. */
export interface LoadListener {
  onPhase(phase: LoadProgress['phase']): void
  readChoice(key: string): Promise<RememberedChoice | null>
  writeChoice(key: string, choice: RememberedChoice): Promise<void>
}

export interface LoadResult extends ForecastNeeds {
  readonly engineInfo: EngineInfo
}

export interface BacktestRequest extends Pick<BacktestOptions, 'strategy' | 'costs' | 'initialCashQuote'> {
  readonly inputs: ForecastInputs
  readonly trials: number
}

export interface BacktestResult {
  readonly report: BacktestReport
  /** A long backtest may have started threads. */
  readonly engineInfo: EngineInfo
}

/**
 * What the worker does for the page; comlink carries it. Both sides are typed by this and share nothing else. Candles come
 * checked, by column, which is far quicker to send than loose ones.
 */
export interface WorkerApi {
  /** Once, before everything else. The page ends the worker to abort it. */
  load(request: LoadRequest, listener: LoadListener): Promise<LoadResult>
  /** Answers, while the worker lives. */
  ping(): void
  /** A single forward pass: it cannot be stopped half-way. */
  predict(inputs: ForecastInputs, explain: boolean): Promise<Forecast>
  backtest(
    call: CallId,
    request: BacktestRequest,
    onProgress: (doneCandles: number, totalCandles: number) => void,
  ): Promise<BacktestResult>
  follow(stream: StreamId, inputs: ForecastInputs): Promise<Forecast>
  push(stream: StreamId, candle: StreamRow, others?: OtherCandles): Promise<Forecast>
  /** Frees what a stream keeps; nothing happens to one that is closed already. */
  unfollow(stream: StreamId): void
  selfTest(): Promise<SelfTestReport>
  /** The backtest ends at its next opportunity; nothing happens to what has ended or cannot be stopped. */
  abort(call: CallId): void
}
