import type { Candle } from '../candle/candle.ts'
import type { TimeRange } from '../candle/time-ranges.ts'
import type { Timeframe } from '../units.ts'

/** Which candles: those of one market that open at `fromMs … toMs` (not included). */
export interface CandleRequest extends TimeRange {
  /** e.g. `BTC/USDT` */
  readonly symbol: string
  readonly timeframe: Timeframe
}

export interface CandlePage {
  /** Closed, oldest first, each once, within the request. */
  readonly candles: readonly Candle[]
  /**
   * The opening times for which this page is the last word: what is missing here, the source does not have, and what is
   * there will not change. Empty where nothing is final yet. Candles outside it may still be revised.
   */
  readonly complete: TimeRange
}

export interface CandlePagesOptions {
  readonly signal?: AbortSignal
}

/** Where candles come from: an array, a file, an exchange, or a cache in front of one. */
export interface CandleSource {
  /** Tells sources apart, in errors and as the key of what is cached, e.g. `binance`. */
  readonly name: string
  /**
   * The candles of a request, page by page and oldest first; no candle comes twice. Ends early when the caller stops
   * asking.
   * @throws ExchangeError, SourceError, CandleError, as each source says; AbortedError
   */
  pages(request: CandleRequest, options?: CandlePagesOptions): AsyncIterable<CandlePage>
}
