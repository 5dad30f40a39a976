import type { BacktestReport } from '../backtest/backtest.ts'
import type { BundleFiles } from '../bundle/bundle.ts'
import type { Candle, CandleSeries } from '../candle/candle.ts'
import type { EngineInfo, TfjsBackend } from '../engine.ts'
import type { Forecast } from '../forecast/forecast.ts'
import type { BacktestOptions, EngineChoice, LoadProgress } from './service.ts'

/** Names a call, so that `abort` can name it too: an `AbortSignal` cannot be sent to a worker. Unique per worker. */
export type CallId = number

export interface LoadRequest {
  readonly files: BundleFiles
  /** Names the bundle in errors. */
  readonly where: string
  readonly engine?: EngineChoice
  readonly backend?: TfjsBackend
}

export interface LoadResult {
  readonly engineInfo: EngineInfo
  readonly candlesNeeded: number
}

export interface PredictRequest {
  readonly symbol: string
  readonly candles: readonly Candle[]
  readonly explain: boolean
  readonly nowMs: number
}

export interface BacktestRequest extends Pick<BacktestOptions, 'strategy' | 'costs' | 'initialCashQuote'> {
  readonly series: CandleSeries
  readonly trials: number
}

/** What the worker does for the page; comlink carries it. Both sides are typed by this and share nothing else. */
export interface WorkerApi {
  /** Once, before everything else. The page ends the worker to abort it. */
  load(request: LoadRequest, onPhase: (phase: LoadProgress['phase']) => void): Promise<LoadResult>
  /** A single forward pass: it cannot be stopped half-way. */
  predict(request: PredictRequest): Promise<Forecast>
  backtest(
    call: CallId,
    request: BacktestRequest,
    onProgress: (doneCandles: number, totalCandles: number) => void,
  ): Promise<BacktestReport>
  /** The backtest ends at its next opportunity; nothing happens to what has ended or cannot be stopped. */
  abort(call: CallId): void
}
